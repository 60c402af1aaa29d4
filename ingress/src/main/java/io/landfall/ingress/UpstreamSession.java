package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One upstream: its BGP session, what it has been sent, and what it tried to send us.
 *
 * <p>{@link #sync} is the only place that sends routes. It compares what the wire is meant to look
 * like with what the upstream was sent last, so calling it twice sends once, and nothing is sent on
 * a timer.
 */
final class UpstreamSession {
  /** More rules than the decoder has; beyond it everything is counted as "other". */
  private static final int MAX_REFUSAL_RULES = 64;

  /** Two during a collision (RFC 4271 section 6.8), and room for streams that are still closing. */
  private static final int MAX_STREAMS = 8;

  private Upstream upstream;
  private List<AnycastPrefix> prefixes;
  private final int routerId;
  private final AnycastCodec codec;
  private final Session<AnycastPrefix> session;

  /** What the upstream has of us: on no session nothing. */
  private final TreeSet<AnycastPrefix> held = new TreeSet<>();

  private final TreeMap<Long, InetAddress> localAddresses = new TreeMap<>();
  private final TreeMap<String, Long> refused = new TreeMap<>();

  private Optional<Link> link = Optional.empty();

  /** What the session that is next to be Established has, if it was another process's. */
  private final TreeSet<AnycastPrefix> inherited = new TreeSet<>();

  private IngressView.State advertised = IngressView.State.DOWN;
  private long advertisedSinceMillis;

  /** When the session was Established last, or ended; attempts in between do not change it. */
  private long sessionSinceMillis;

  private long updatesSent;
  private long endOfRibSent;
  private Optional<String> lastError = Optional.empty();

  /** The Established session: our address on it, and the families both sides named. */
  private record Link(InetAddress localAddress, List<Family> families) {}

  UpstreamSession(Upstream upstream, IngressSettings config, Rng jitter, long wallMillis) {
    this.upstream = upstream;
    this.prefixes = config.prefixesOf(upstream);
    this.routerId = config.routerId();
    this.codec = new AnycastCodec(prefixes);
    this.advertisedSinceMillis = wallMillis;
    this.sessionSinceMillis = wallMillis;
    Upstream.Timing timing = upstream.timing();
    SessionConfig sessionConfig =
        new SessionConfig(
            upstream.localAs(),
            upstream.remoteAs(),
            config.routerId(),
            OptionalLong.empty(),
            timing.holdTimeSeconds(),
            families(prefixes, upstream),
            SessionConfig.Opening.ACTIVE,
            // No receive limit: whatever the peer sends is dropped where it is read, so a full
            // table costs no memory and must not cost the announcement either.
            new SessionConfig.Options(
                SessionConfig.AddPath.NONE,
                upstream.role(),
                upstream.roleMode(),
                timing.sendHoldTimeSeconds(),
                timing.connectRetrySeconds(),
                Integer.MAX_VALUE,
                0));
    this.session = new Session<>(sessionConfig, codec, jitter);
  }

  private static List<Family> families(List<AnycastPrefix> prefixes, Upstream upstream) {
    List<Family> families = prefixes.stream().map(AnycastPrefix::family).distinct().toList();
    return families.isEmpty() ? List.of(Announcement.familyOf(upstream.address())) : families;
  }

  /**
   * Whether the session that there is can go on with another configuration: only what it announces
   * differs, and not what its OPEN said.
   */
  boolean goesOn(Upstream next, IngressSettings config) {
    return next.with(upstream.announcement()).equals(upstream)
        && config.routerId() == routerId
        && families(config.prefixesOf(next), next).equals(families(prefixes, upstream));
  }

  /**
   * Other prefixes, or another dress for them, on the session that there is. Sends what that
   * changes of what the upstream has: withdrawals first, and nothing that is as it was.
   */
  void configure(
      Upstream next, List<AnycastPrefix> others, Phase phase, Now now, List<IngressEffect> out) {
    if (!next.announcement().equals(upstream.announcement()) || !others.equals(prefixes)) {
      String label = advertised.label();
      out.add(new IngressEffect.Note(name(), label, label, "configured otherwise"));
    }
    boolean dressed = !next.announcement().equals(upstream.announcement());
    TreeSet<AnycastPrefix> gone = new TreeSet<>(held);
    gone.removeAll(others);
    send(IngressView.State.WITHDRAWN, List.copyOf(gone), now, out);
    TreeSet<AnycastPrefix> before = new TreeSet<>(held);
    upstream = next;
    prefixes = others;
    codec.configure(others);
    if (phase == Phase.ANNOUNCED && link.isPresent()) {
      send(
          IngressView.State.ANNOUNCED,
          others.stream().filter(each -> dressed || !before.contains(each)).toList(),
          now,
          out);
    } else if (phase == Phase.DRAINING && dressed) {
      send(IngressView.State.DRAINING, List.copyOf(held), now, out);
    }
  }

  /** Ends the session; the streams that it had are closed by what this asks for. */
  void end(int subcode, String text, Phase phase, Now now, List<IngressEffect> out) {
    step(new SessionEvent.Stop(subcode, text), now, phase, out);
  }

  /** Applies a session event, then brings the wire in line with the phase. */
  void step(SessionEvent event, Now now, Phase phase, List<IngressEffect> out) {
    session.step(event, now.monotonicNanos(), effect -> apply(effect, now, phase, out));
  }

  /** Notes our own address on a stream that is being handed to the session. */
  void connected(long connection, InetAddress localAddress) {
    localAddresses.put(connection, localAddress);
    while (localAddresses.size() > MAX_STREAMS) {
      localAddresses.pollFirstEntry();
    }
  }

  /** Sends what separates the upstream's picture from the phase; nothing when they agree. */
  void sync(Phase phase, Now now, String cause, List<IngressEffect> out) {
    if (link.isEmpty()) {
      return;
    }
    IngressView.State target =
        switch (phase) {
          case ANNOUNCED -> IngressView.State.ANNOUNCED;
          // A route that was never announced here is not announced in order to be withdrawn.
          case DRAINING ->
              advertised == IngressView.State.WITHDRAWN
                  ? IngressView.State.WITHDRAWN
                  : IngressView.State.DRAINING;
          case WITHDRAWN -> IngressView.State.WITHDRAWN;
        };
    if (target == advertised) {
      return;
    }
    send(target, target == IngressView.State.ANNOUNCED ? prefixes : List.copyOf(held), now, out);
    become(target, now, cause, out);
  }

  /** Sends some prefixes in a family for each UPDATE; nothing without a session that carries it. */
  private void send(
      IngressView.State target, List<AnycastPrefix> some, Now now, List<IngressEffect> out) {
    if (link.isEmpty() || some.isEmpty()) {
      return;
    }
    for (Family family : link.get().families) {
      List<AnycastPrefix> ofFamily = some.stream().filter(p -> p.family() == family).toList();
      if (!ofFamily.isEmpty()) {
        List<SessionEffect.Write<AnycastPrefix>> writes =
            session.send(update(target, family, ofFamily), now.monotonicNanos());
        updatesSent += UpdateCounter.updatesIn(writes);
        writes(writes, out);
        if (target == IngressView.State.WITHDRAWN) {
          ofFamily.forEach(held::remove);
        } else {
          held.addAll(ofFamily);
        }
      }
    }
  }

  private UpdateMessage<AnycastPrefix> update(
      IngressView.State target, Family family, List<AnycastPrefix> some) {
    List<Nlri<AnycastPrefix>> nlri = some.stream().map(p -> new Nlri<>(p, 0)).toList();
    if (target == IngressView.State.WITHDRAWN) {
      return new UpdateMessage<>(nlri, List.of(), Optional.empty(), List.of(), Optional.empty());
    }
    return new UpdateMessage<>(
        List.of(),
        nlri,
        Optional.of(
            upstream
                .announcement()
                .attributes(
                    upstream.localAs(),
                    family,
                    link.orElseThrow().localAddress,
                    target == IngressView.State.DRAINING)),
        List.of(),
        Optional.empty());
  }

  private void apply(
      SessionEffect<AnycastPrefix> effect, Now now, Phase phase, List<IngressEffect> out) {
    switch (effect) {
      case SessionEffect.Connect<AnycastPrefix> _ -> out.add(new IngressEffect.Dial(name()));
      case SessionEffect.Write<AnycastPrefix> write -> write(write, out);
      case SessionEffect.Close<AnycastPrefix> close -> {
        localAddresses.remove(close.connection());
        out.add(new IngressEffect.Close(name(), close.connection(), close.why()));
      }
      case SessionEffect.Established<AnycastPrefix> up -> established(up, now, phase, out);
      case SessionEffect.Update<AnycastPrefix> update -> importNothing(update.update());
      case SessionEffect.Refresh<AnycastPrefix> refresh -> refresh(refresh, now, out);
      case SessionEffect.Down<AnycastPrefix> down -> down(down.reason(), now, out);
      case SessionEffect.AttemptFailed<AnycastPrefix> failed -> attemptFailed(failed.why(), out);
    }
  }

  private void established(
      SessionEffect.Established<AnycastPrefix> up, Now now, Phase phase, List<IngressEffect> out) {
    InetAddress localAddress = localAddresses.get(up.connection());
    if (localAddress == null) {
      throw new InvariantBroken("a session is Established only on a stream that was handed to it");
    }
    Link established =
        new Link(
            localAddress,
            Arrays.stream(Family.values())
                .filter(family -> family.isIn(up.negotiated().families()))
                .toList());
    link = Optional.of(established);
    sessionSinceMillis = now.wallMillis();
    become(IngressView.State.WITHDRAWN, now, "session Established", out);
    if (!inherited.isEmpty() && phase != Phase.ANNOUNCED) {
      // It has what the process before has sent, which is to be taken back.
      held.addAll(inherited);
      become(IngressView.State.ANNOUNCED, now, "by the process before", out);
    }
    inherited.clear();
    sync(phase, now, "session Established", out);
    for (Family family : established.families) {
      UpdateMessage<AnycastPrefix> endOfRib =
          new UpdateMessage<>(
              List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family));
      List<SessionEffect.Write<AnycastPrefix>> writes =
          session.send(endOfRib, now.monotonicNanos());
      endOfRibSent += UpdateCounter.updatesIn(writes);
      writes(writes, out);
    }
  }

  /** RFC 8212: there is no import policy, so everything is refused; it is counted and forgotten. */
  private void importNothing(UpdateMessage<AnycastPrefix> update) {
    if (!update.announced().isEmpty() || !update.withdrawn().isEmpty()) {
      throw new InvariantBroken(
          "the ingress codec accepts no prefix, yet one was decoded: " + update);
    }
    for (UpdateMessage.Refusal refusal : update.refused()) {
      String rule =
          refused.containsKey(refusal.rule()) || refused.size() < MAX_REFUSAL_RULES
              ? refusal.rule()
              : "other";
      refused.merge(rule, 1L, Long::sum);
    }
  }

  /** RFC 2918 and RFC 7313: sends again what was sent, between the markers. */
  private void refresh(
      SessionEffect.Refresh<AnycastPrefix> refresh, Now now, List<IngressEffect> out) {
    if (refresh.subtype() != 0 || link.isEmpty()) {
      return;
    }
    writes(session.sendRefreshMarker(refresh.family(), 1, now.monotonicNanos()), out);
    if (isAnnounced()) {
      send(
          advertised,
          held.stream().filter(each -> each.family() == refresh.family()).toList(),
          now,
          out);
    }
    writes(session.sendRefreshMarker(refresh.family(), 2, now.monotonicNanos()), out);
  }

  private void down(SessionEffect.DownReason reason, Now now, List<IngressEffect> out) {
    link = Optional.empty();
    held.clear();
    inherited.clear();
    sessionSinceMillis = now.wallMillis();
    String text = SessionEnd.text(reason);
    lastError = Optional.of(text);
    become(IngressView.State.DOWN, now, text, out);
  }

  /** Noted when the reason is a new one, so that a router that is away fills no log. */
  private void attemptFailed(String why, List<IngressEffect> out) {
    inherited.clear();
    if (!lastError.equals(Optional.of(why))) {
      lastError = Optional.of(why);
      out.add(new IngressEffect.Note(name(), advertised.label(), advertised.label(), why));
    }
  }

  private void become(IngressView.State next, Now now, String cause, List<IngressEffect> out) {
    if (next != advertised) {
      out.add(new IngressEffect.Note(name(), advertised.label(), next.label(), cause));
      advertised = next;
      advertisedSinceMillis = now.wallMillis();
    }
  }

  private void writes(List<SessionEffect.Write<AnycastPrefix>> writes, List<IngressEffect> out) {
    writes.forEach(write -> write(write, out));
  }

  private void write(SessionEffect.Write<AnycastPrefix> write, List<IngressEffect> out) {
    out.add(new IngressEffect.Write(name(), write.connection(), write.bytes()));
  }

  /** The next session is another process's, which has announced these on it. */
  void inherits(Set<String> announced) {
    prefixes.stream().filter(each -> announced.contains(each.toString())).forEach(inherited::add);
  }

  /** Whether it has the prefixes, with GRACEFUL_SHUTDOWN or without. */
  boolean isAnnounced() {
    return advertised == IngressView.State.ANNOUNCED || advertised == IngressView.State.DRAINING;
  }

  void writeBlocked(long connection, Now now) {
    session.stalled(connection, now.monotonicNanos());
  }

  void closed(long connection) {
    localAddresses.remove(connection);
  }

  OptionalLong deadlineNanos() {
    return session.deadlineNanos();
  }

  String name() {
    return upstream.name();
  }

  long updatesSent() {
    return updatesSent;
  }

  long endOfRibSent() {
    return endOfRibSent;
  }

  /** Whether it is one of those that are announced here. */
  boolean carries(AnycastPrefix prefix) {
    return prefixes.contains(prefix);
  }

  IngressView.PrefixRow row(AnycastPrefix prefix) {
    boolean carried = link.map(l -> l.families.contains(prefix.family())).orElse(false);
    IngressView.State sent = held.contains(prefix) ? advertised : IngressView.State.WITHDRAWN;
    return new IngressView.PrefixRow(
        prefix.toString(), name(), carried ? sent : IngressView.State.DOWN, advertisedSinceMillis);
  }

  IngressView.UpstreamRow row() {
    return new IngressView.UpstreamRow(
        name(),
        upstream.remoteAs(),
        session.state(),
        sessionSinceMillis,
        updatesSent,
        Collections.unmodifiableMap(new TreeMap<>(refused)),
        session.stats().lastDown().map(SessionEnd::text),
        lastError);
  }
}
