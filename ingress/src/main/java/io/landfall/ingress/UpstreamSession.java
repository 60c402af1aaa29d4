package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

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

  private final Upstream upstream;
  private final List<AnycastPrefix> prefixes;
  private final Session<AnycastPrefix> session;
  private final TreeMap<Long, InetAddress> localAddresses = new TreeMap<>();
  private final TreeMap<String, Long> refused = new TreeMap<>();

  private Optional<Link> link = Optional.empty();

  /** Whether the session that is next to be Established was another process's, and has routes. */
  private boolean inheritsAnnouncement;

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
    this.session = new Session<>(sessionConfig, new AnycastCodec(prefixes), jitter);
  }

  private static List<Family> families(List<AnycastPrefix> prefixes, Upstream upstream) {
    List<Family> families = prefixes.stream().map(AnycastPrefix::family).distinct().toList();
    return families.isEmpty() ? List.of(Announcement.familyOf(upstream.address())) : families;
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
    advertise(target, link.get(), now, out);
    become(target, now, cause, out);
  }

  private void advertise(
      IngressView.State target, Link established, Now now, List<IngressEffect> out) {
    for (Family family : established.families) {
      List<Nlri<AnycastPrefix>> nlri =
          prefixes.stream().filter(p -> p.family() == family).map(p -> new Nlri<>(p, 0)).toList();
      if (nlri.isEmpty()) {
        continue;
      }
      UpdateMessage<AnycastPrefix> update =
          target == IngressView.State.WITHDRAWN
              ? new UpdateMessage<>(nlri, List.of(), Optional.empty(), List.of(), Optional.empty())
              : new UpdateMessage<>(
                  List.of(),
                  nlri,
                  Optional.of(attributes(family, target, established.localAddress)),
                  List.of(),
                  Optional.empty());
      List<SessionEffect.Write<AnycastPrefix>> writes = session.send(update, now.monotonicNanos());
      updatesSent += UpdateCounter.updatesIn(writes);
      writes(writes, out);
    }
  }

  private PathAttributes attributes(
      Family family, IngressView.State target, InetAddress localAddress) {
    Announcement dress = upstream.announcement();
    List<Integer> communities = new ArrayList<>(dress.communities());
    if (target == IngressView.State.DRAINING) {
      communities.add(PathAttributes.GRACEFUL_SHUTDOWN);
    }
    Optional<InetAddress> nextHop = dress.nextHop(family, localAddress);
    if (nextHop.isEmpty()) {
      throw new InvariantBroken("the configuration gives each family a next hop at " + upstream);
    }
    return new PathAttributes(
        Origin.IGP,
        Collections.nCopies(1 + dress.prepends(), upstream.localAs()),
        nextHop,
        dress.med(),
        OptionalLong.empty(),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(communities, dress.largeCommunities()),
        // RFC 9234 section 5: routes that originate here have no OTC. The session adds it towards
        // a peer, and nothing towards a provider or a route server.
        OptionalLong.empty());
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
    if (inheritsAnnouncement && phase != Phase.ANNOUNCED) {
      // It has what the process before has sent, which is to be taken back.
      become(IngressView.State.ANNOUNCED, now, "by the process before", out);
    }
    inheritsAnnouncement = false;
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
    Link established = link.get();
    writes(session.sendRefreshMarker(refresh.family(), 1, now.monotonicNanos()), out);
    if (advertised == IngressView.State.ANNOUNCED || advertised == IngressView.State.DRAINING) {
      advertise(
          advertised, new Link(established.localAddress, List.of(refresh.family())), now, out);
    }
    writes(session.sendRefreshMarker(refresh.family(), 2, now.monotonicNanos()), out);
  }

  private void down(SessionEffect.DownReason reason, Now now, List<IngressEffect> out) {
    link = Optional.empty();
    inheritsAnnouncement = false;
    sessionSinceMillis = now.wallMillis();
    String text = reset(reason);
    lastError = Optional.of(text);
    become(IngressView.State.DOWN, now, text, out);
  }

  private static String reset(SessionEffect.DownReason reason) {
    return (reason.byPeer() ? "by the upstream: " : "by us: ") + describe(reason);
  }

  private static String describe(SessionEffect.DownReason reason) {
    return reason.code() == 0
        ? reason.text()
        : "NOTIFICATION " + reason.code() + "/" + reason.subcode() + " " + reason.text();
  }

  /** Noted when the reason is a new one, so that a router that is away fills no log. */
  private void attemptFailed(String why, List<IngressEffect> out) {
    inheritsAnnouncement = false;
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

  /** The next session is another process's, which has announced on it or not. */
  void inherits(boolean announced) {
    inheritsAnnouncement = announced;
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
    return new IngressView.PrefixRow(
        prefix.toString(),
        name(),
        carried ? advertised : IngressView.State.DOWN,
        advertisedSinceMillis);
  }

  IngressView.UpstreamRow row() {
    return new IngressView.UpstreamRow(
        name(),
        upstream.remoteAs(),
        session.state(),
        sessionSinceMillis,
        updatesSent,
        Collections.unmodifiableMap(new TreeMap<>(refused)),
        session.stats().lastDown().map(UpstreamSession::reset),
        lastError);
  }
}
