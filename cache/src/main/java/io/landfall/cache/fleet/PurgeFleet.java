package io.landfall.cache.fleet;

import io.landfall.core.Machine;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The purges of a fleet, at one node: purges given here reach every other node, and those given
 * elsewhere are applied here.
 *
 * <p>Each node numbers the purges that it is given: its log. It pushes new entries to each node
 * that it has a channel to, one message at a time, and the answer confirms that they are applied.
 * Besides, any two nodes compare what they have of all logs: when a channel comes up, and then
 * every {@link FleetTimes#COMPARE_NANOS}; the one that lacks something gets it with the answer. So
 * a purge also comes by way of a third node, and after its giver is gone. Entries may come twice
 * and in any order; a purge takes all that is older than the moment at which it is applied, so that
 * order does not matter, and what is applied twice takes too much, never too little.
 *
 * <p>A node may lack what no one has any more. Then it drops all that it has stored ({@link
 * PurgeEffect.DropAll}), which is right for any purge that was missed. When it serves nothing from
 * its cache until it has caught up, stands at {@link PurgeHold}; docs/decisions/0013 has the
 * reasons.
 *
 * <p>An object that another node answers with may be older than a purge that this node has applied
 * and the other has not. {@link PurgeEffect.Unconfirmed} names the purge from which on that may be.
 */
public final class PurgeFleet implements Machine<PurgeEvent, PurgeEffect> {
  /** Stands before the first batch: any purge there was. */
  public static final long ALL_BATCHES = 0;

  /** The most other nodes that are kept in mind. */
  public static final int MAX_NODES = 4096;

  private final NodeName self;
  private final PurgeLogs logs;
  private final boolean knowsBefore;
  private final PurgeWaits waits = new PurgeWaits();
  private final Unconfirmed unconfirmed = new Unconfirmed();
  private final PurgeHold hold;
  private final FleetTimes times = new FleetTimes();

  /** Bounded by {@link #MAX_NODES}. */
  private final TreeMap<NodeName, PurgePeer> peers = new TreeMap<>();

  private List<PurgeEffect> out = new ArrayList<>();
  private long nowNanos;
  private long batches;
  private long requests;
  private long busy;
  private long missedTimes;
  private long appliedFromOthers;
  private OptionalLong firstUnconfirmed = OptionalLong.empty();

  /** A node that knows no other yet. */
  public PurgeFleet(FleetSettings settings, long nowNanos) {
    this.self = settings.self();
    this.nowNanos = nowNanos;
    this.knowsBefore = settings.before().isPresent();
    this.logs = settings.logs();
    this.hold = new PurgeHold(settings.catchUpNanos(), settings.hasOthers(), nowNanos);
  }

  /** Whether nothing is served from the cache, to begin with. */
  public boolean holdsAtStart() {
    return hold.isOn();
  }

  @Override
  public List<PurgeEffect> step(PurgeEvent event, Now now) {
    out = new ArrayList<>();
    nowNanos = now.monotonicNanos();
    switch (event) {
      case PurgeEvent.Given given -> given(given);
      case PurgeEvent.Known(NodeName node) -> known(node);
      case PurgeEvent.PeerUp(NodeName node) -> up(node);
      case PurgeEvent.PeerDown(NodeName node) -> down(node);
      case PurgeEvent.Received received -> received(received);
      case PurgeEvent.Answered(NodeName node, long request, PurgeMessage.Reply reply) ->
          answered(node, request, reply);
      case PurgeEvent.Failed(NodeName node, long request, String _) -> failed(node, request);
      case PurgeEvent.Tick _ -> tick();
    }
    settle();
    return out;
  }

  // ---- purges of this node ----

  private void given(PurgeEvent.Given given) {
    long number = logs.append(given.purge());
    times.given(number, nowNanos);
    apply(List.of(given.purge()));
    unconfirmed.applied(batches, logs.ownId(), number);
    keep();
    var fleet = peers.values().stream().filter(each -> each.isOfFleet).toList();
    waits.add(given, number, fleet, nowNanos, out);
  }

  private void keep() {
    List<PurgeRecord> changes = logs.takeChanges();
    if (!changes.isEmpty()) {
      out.add(new PurgeEffect.Keep(changes));
    }
  }

  /** What makes a machine that is started with it have the logs that this one has. */
  public List<PurgeRecord> kept() {
    return logs.all();
  }

  private void apply(List<FleetPurge> purges) {
    out.add(new PurgeEffect.Apply(++batches, purges));
  }

  private void dropAll(String why) {
    missedTimes += why.isEmpty() ? 0 : 1;
    out.add(new PurgeEffect.DropAll(++batches, why));
  }

  // ---- other nodes come and go ----

  private @Nullable PurgePeer peer(NodeName node) {
    PurgePeer known = peers.get(node);
    if (known == null && peers.size() < MAX_NODES && !node.equals(self)) {
      known = new PurgePeer(node, nowNanos);
      peers.put(node, known);
      logs.met(node);
    }
    return known;
  }

  private void known(NodeName node) {
    PurgePeer peer = peer(node);
    if (peer != null && !peer.up) {
      peer.isOfFleet = true;
      peer.changedNanos = nowNanos;
    }
  }

  private void up(NodeName node) {
    PurgePeer peer = peer(node);
    if (peer != null) {
      // Those that are not compared with yet may go before they are.
      boolean alone = peers.values().stream().noneMatch(each -> each.up && each.compared);
      // It may have been there all the time, and has another channel now.
      boolean waited = peer.up && (peer.holds || !peer.targets.isEmpty());
      peer.up(nowNanos, alone || waited);
    }
  }

  private void down(NodeName node) {
    PurgePeer peer = peers.get(node);
    if (peer != null && peer.up) {
      boolean lacked = !peer.targets.isEmpty();
      peer.down(nowNanos);
      waits.lost(node, out);
      if (lacked) {
        dropAll("node " + node + " went before all purges were had of it");
      }
    }
  }

  // ---- requests of others ----

  private void received(PurgeEvent.Received received) {
    PurgePeer peer = peer(received.from());
    PurgeMessage.Reply reply =
        peer == null ? new PurgeMessage.Busy() : reply(peer, received.message());
    busy += reply instanceof PurgeMessage.Busy ? 1 : 0;
    out.add(new PurgeEffect.Reply(received.exchange(), reply));
  }

  private PurgeMessage.Reply reply(PurgePeer peer, PurgeMessage.Request request) {
    return switch (request) {
      case PurgeMessage.Compare(List<KnownLog> known, boolean adopts) -> {
        if (!peer.take(PurgePeer.COMPARE_ENTRIES, nowNanos)) {
          yield new PurgeMessage.Busy();
        }
        peer.hasAll(known);
        List<Segment> lacking = adopts ? List.of() : logs.lacking(known);
        yield new PurgeMessage.Have(logs.known(), lacking);
      }
      case PurgeMessage.Push(Segment entries) -> {
        // A node pushes what it was given itself, and nothing else.
        if (!entries.id().origin().equals(peer.name())
            || !peer.take(entries.purges().size(), nowNanos)) {
          yield new PurgeMessage.Busy();
        }
        yield new PurgeMessage.Applied(accept(entries, peer.name()));
      }
    };
  }

  private KnownLog accept(Segment entries, NodeName from) {
    PurgeLogs.Accepted accepted = logs.accept(entries, from);
    if (accepted.gap()) {
      dropAll("purges of " + entries.id().origin() + " were missed, and are in no log any more");
      unconfirmed.applied(batches, entries.id(), entries.first() - 1);
    }
    if (!accepted.apply().isEmpty()) {
      appliedFromOthers += accepted.apply().size();
      apply(accepted.apply());
      unconfirmed.applied(batches, entries.id(), entries.last());
      peers.values().forEach(each -> each.reached(logs));
    }
    return accepted.known();
  }

  // ---- answers of others ----

  private void answered(NodeName node, long request, PurgeMessage.Reply reply) {
    PurgePeer peer = peers.get(node);
    if (peer == null || peer.request != request) {
      return;
    }
    peer.request = 0;
    peer.failures = 0;
    switch (reply) {
      case PurgeMessage.Busy _ -> peer.notBeforeNanos = nowNanos + FleetTimes.RETRY_NANOS;
      case PurgeMessage.Applied(KnownLog known) -> {
        if (known.id().equals(logs.ownId()) && known.direct() <= peer.direct(known.id())) {
          peer.notBeforeNanos = nowNanos + FleetTimes.RETRY_NANOS;
        }
        peer.hasToo(known);
        confirmOwn(peer);
      }
      case PurgeMessage.Have have -> compared(peer, have);
    }
  }

  private void confirmOwn(PurgePeer peer) {
    waits.applied(peer.name(), peer.confirms(logs.ownId()), nowNanos, out);
  }

  private void compared(PurgePeer peer, PurgeMessage.Have have) {
    int entries = 0;
    for (Segment segment : have.entries()) {
      entries += segment.purges().size();
      accept(segment, peer.name());
    }
    peer.charge(entries, nowNanos);
    LogId ownBefore = logs.ownId();
    boolean first = !peer.compared;
    PurgeLogs.Compared found = logs.compare(have.known(), peer.name(), peer.adopting, first);
    if (!logs.ownId().equals(ownBefore)) {
      waits.abandon(out);
    }
    peer.hasAll(have.known());
    confirmOwn(peer);
    if (found.isGap()) {
      dropAll(
          peer.adopting
              ? ""
              : "purges that node " + peer.name() + " has were missed, and are in no log any more");
      found.missed().forEach((log, number) -> unconfirmed.applied(batches, log, number));
    }
    if (first) {
      peer.compared = true;
      peer.holds = false;
      peer.targets.putAll(found.targets());
      peer.owes(logs.known());
    }
    peer.reached(logs);
    boolean more = !found.targets().isEmpty();
    long wait =
        more
            ? (entries > 0 ? FleetTimes.PACE_NANOS : FleetTimes.RETRY_NANOS)
            : FleetTimes.COMPARE_NANOS;
    peer.compareAtNanos = nowNanos + wait;
  }

  private void failed(NodeName node, long request) {
    PurgePeer peer = peers.get(node);
    if (peer != null && peer.request == request) {
      peer.failed(nowNanos);
    }
  }

  private void tick() {
    for (PurgePeer peer : List.copyOf(peers.values())) {
      if (peer.request != 0 && nowNanos - peer.requestNanos >= FleetTimes.ANSWER_NANOS) {
        failed(peer.name(), peer.request);
      }
      if (!peer.up && nowNanos - peer.changedNanos >= FleetTimes.FORGET_NANOS) {
        peers.remove(peer.name());
        logs.left(peer.name());
      }
    }
    waits.tick(nowNanos, out);
  }

  // ---- after each event ----

  private void settle() {
    keep();
    if (hold.isOverdue(peers.values(), nowNanos)) {
      for (PurgePeer peer : peers.values()) {
        peer.holds = false;
        peer.targets.clear();
      }
      dropAll("it took too long to catch up with the purges of the other nodes");
    }
    List<PurgePeer> serving =
        peers.values().stream().filter(each -> each.mayServe(nowNanos)).toList();
    unconfirmed.confirm(serving);
    serving.forEach(PurgePeer::settle);
    boolean isOld = serving.stream().anyMatch(PurgePeer::mayAnswerOld);
    OptionalLong first = isOld ? OptionalLong.of(ALL_BATCHES) : unconfirmed.firstBatch();
    if (!first.equals(firstUnconfirmed) || out.stream().anyMatch(PurgeEffect::isApplied)) {
      firstUnconfirmed = first;
      out.add(new PurgeEffect.Unconfirmed(first));
    }
    hold.judge(peers.values(), nowNanos, out);
    for (PurgePeer peer : serving) {
      if (peer.up) {
        send(peer);
      }
    }
  }

  private long compareAt(PurgePeer peer) {
    long soon = peer.comparedNanos + FleetTimes.COMPARE_SOON_NANOS;
    boolean isSoon =
        peer.compared
            && (unconfirmed.isOfOthers(logs.ownId()) || peer.mayAnswerOld())
            && soon - peer.compareAtNanos < 0;
    return isSoon ? soon : peer.compareAtNanos;
  }

  private boolean mayPush(PurgePeer peer) {
    // What is trimmed it learns of when it compares.
    return peer.compared && logs.keepsOwn() && peer.direct(logs.ownId()) < logs.ownThrough();
  }

  private void send(PurgePeer peer) {
    if (peer.request != 0 || peer.notBeforeNanos - nowNanos > 0) {
      return;
    }
    if (compareAt(peer) - nowNanos <= 0) {
      if (peer.isOverRate(nowNanos)) {
        peer.notBeforeNanos = nowNanos + FleetTimes.RETRY_NANOS;
        return;
      }
      peer.adopting = hold.isStarting() && !knowsBefore;
      peer.comparedNanos = nowNanos;
      request(peer, new PurgeMessage.Compare(logs.known(), peer.adopting), FleetTimes.PACE_NANOS);
    } else if (mayPush(peer)) {
      Segment next = logs.ownBehind(peer.direct(logs.ownId()));
      boolean full = next.last() < logs.ownThrough();
      request(peer, new PurgeMessage.Push(next), full ? 0 : FleetTimes.PACE_NANOS);
    }
  }

  private void request(PurgePeer peer, PurgeMessage.Request message, long pauseNanos) {
    peer.request = ++requests;
    peer.requestNanos = nowNanos;
    peer.notBeforeNanos = nowNanos + pauseNanos;
    out.add(new PurgeEffect.Send(peer.name(), peer.request, message));
  }

  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong first = FleetTimes.earlier(waits.deadlineNanos(), hold.deadlineNanos());
    for (PurgePeer peer : peers.values()) {
      if (!peer.up) {
        first = FleetTimes.earlier(first, OptionalLong.of(peer.endNanos(nowNanos)));
        continue;
      }
      long next =
          peer.request != 0
              ? peer.requestNanos + FleetTimes.ANSWER_NANOS
              : mayPush(peer) ? peer.notBeforeNanos : compareAt(peer);
      boolean tooEarly = peer.request == 0 && next - peer.notBeforeNanos < 0;
      first = FleetTimes.earlier(first, OptionalLong.of(tooEarly ? peer.notBeforeNanos : next));
    }
    return first;
  }

  /** What is known at this time, for people. */
  public PurgeFleetView view(long atNanos) {
    return new PurgeFleetView(
        logs.ownId(),
        logs.ownThrough(),
        new PurgeFleetView.Kept(logs.entries(), logs.bytes()),
        hold.why(),
        new PurgeFleetView.Counts(appliedFromOthers, missedTimes, busy),
        peers.values().stream()
            .filter(each -> each.isOfFleet)
            .map(each -> each.view(logs.ownId(), logs.ownThrough(), times, atNanos))
            .toList());
  }
}
