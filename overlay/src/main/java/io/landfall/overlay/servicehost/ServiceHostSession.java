package io.landfall.overlay.servicehost;

import io.landfall.bgp.Family;
import io.landfall.bgp.MessageType;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.SessionStats;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.MedMapping;
import io.landfall.core.Rng;
import io.landfall.overlay.HostRouteCodec;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.SessionDetail;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The session with one service host: what it advertises of its services, and nothing of ours to it.
 *
 * <p>An announcement is judged in two steps. The codec gives a value to the hosts that are
 * configured for this session only. Then the attributes are judged once for the message: a path
 * with a foreign AS, or through a reflector, is another network's route that this host passes on,
 * and is refused. What is left is read as a {@link HostSignal}, and the path is forgotten. A
 * refused announcement still replaces what the host advertised of that service before (RFC 4271
 * section 3.1), so it then advertises nothing.
 *
 * <p>Towards the host goes an End-of-RIB for the family, so that a daemon which waits for one does
 * not wait, and no route ever.
 */
final class ServiceHostSession {
  private static final int CONNECT_RETRY_SECONDS = 2;

  private ServiceHost host;
  private final Family family;
  private final ServicePrefixCodec codec;
  private final Session<HostAddress> session;
  private final HostRefusals refusals = new HostRefusals();
  private final TreeMap<HostAddress, ServiceHostView.HostAdvertised> advertised = new TreeMap<>();

  /** Those of them that came with GRACEFUL_SHUTDOWN. */
  private final TreeSet<HostAddress> draining = new TreeSet<>();

  private @Nullable DownReason lastDown;
  private @Nullable String lastFailure;
  private long sinceNanos;
  private long announced;
  private long announcementsReceived;
  private long withdrawalsReceived;
  private boolean endOfRibReceived;

  ServiceHostSession(ServiceHost host, ServiceHostsSettings config, Rng jitter) {
    this.host = host;
    this.family = HostRouteCodec.familyOf(config.block());
    SessionConfig sessionConfig =
        new SessionConfig(
            config.localAs(),
            host.remoteAs(),
            config.localId(),
            OptionalLong.empty(),
            config.holdTimeSeconds(),
            List.of(family),
            host.opening(),
            new SessionConfig.Options(
                SessionConfig.AddPath.NONE,
                SessionConfig.Role.NONE,
                OverlayLimits.sendHoldFor(config.holdTimeSeconds()),
                CONNECT_RETRY_SECONDS,
                ServiceHostsSettings.RECEIVE_LIMIT));
    this.codec = new ServicePrefixCodec(config.block(), host.services().keySet());
    this.session = new Session<>(sessionConfig, codec, jitter);
  }

  /**
   * The host may advertise other services, or its MED is read otherwise; the session goes on. What
   * it may not advertise any more is forgotten: who may advertise a service is known there, too.
   * For what it may, it is asked again (RFC 2918), since what was refused is not kept.
   */
  void configure(ServiceHost next, long nowNanos, List<ServiceHostEffect> out) {
    boolean more = !host.services().keySet().containsAll(next.services().keySet());
    host = next;
    codec.configure(next.services().keySet());
    advertised.keySet().retainAll(next.services().keySet());
    draining.retainAll(next.services().keySet());
    new TreeMap<>(advertised)
        .forEach(
            (service, known) -> {
              MedMapping mapping = Objects.requireNonNull(next.services().get(service));
              HostSignal now =
                  HostSignal.read(mapping, known.signal().med(), draining.contains(service));
              advertised(service, now, nowNanos, out);
            });
    if (more && session.state() == SessionState.ESTABLISHED) {
      List<SessionEffect.Write<HostAddress>> asked = session.requestRefresh(family, nowNanos);
      asked.forEach(write -> write(write, out));
      if (asked.isEmpty()) {
        note(
            true,
            "it cannot be asked to send its routes again (RFC 2918): what it advertises of services"
                + " that are new for it counts once it sends that again",
            out);
      }
    }
  }

  void step(SessionEvent event, long nowNanos, List<ServiceHostEffect> out) {
    if (event instanceof SessionEvent.Start) {
      sinceNanos = nowNanos;
    }
    session.step(event, nowNanos, effect -> apply(effect, nowNanos, out));
  }

  private void apply(
      SessionEffect<HostAddress> effect, long nowNanos, List<ServiceHostEffect> out) {
    switch (effect) {
      case SessionEffect.Connect<HostAddress> _ -> out.add(new ServiceHostEffect.Dial(host.name()));
      case SessionEffect.Established<HostAddress> _ -> established(nowNanos, out);
      case SessionEffect.Update<HostAddress>(UpdateMessage<HostAddress> update) ->
          update(update, nowNanos, out);
      case SessionEffect.Refresh<HostAddress>(Family asked, int subtype) ->
          refresh(asked, subtype, nowNanos, out);
      case SessionEffect.Down<HostAddress>(DownReason reason) -> down(reason, nowNanos, out);
      case SessionEffect.AttemptFailed<HostAddress>(String why) -> attemptFailed(why, out);
      case SessionEffect.Write<HostAddress> write -> write(write, out);
      case SessionEffect.Close<HostAddress>(long connection, String why) ->
          out.add(new ServiceHostEffect.Close(host.name(), connection, why));
    }
  }

  private void established(long nowNanos, List<ServiceHostEffect> out) {
    sinceNanos = nowNanos;
    endOfRibReceived = false;
    lastFailure = null;
    note(false, "service session up", out);
    UpdateMessage<HostAddress> endOfRib =
        new UpdateMessage<>(List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family));
    session.send(endOfRib, nowNanos).forEach(write -> write(write, out));
  }

  /** RFC 2918, RFC 7313: all that a host gets from us is nothing, between the markers. */
  private void refresh(Family asked, int subtype, long nowNanos, List<ServiceHostEffect> out) {
    if (asked == family && subtype == 0) {
      session.sendRefreshMarker(family, 1, nowNanos).forEach(write -> write(write, out));
      session.sendRefreshMarker(family, 2, nowNanos).forEach(write -> write(write, out));
    }
  }

  private void update(
      UpdateMessage<HostAddress> update, long nowNanos, List<ServiceHostEffect> out) {
    announcementsReceived += update.announced().size();
    withdrawalsReceived += update.withdrawn().size();
    endOfRibReceived |= update.endOfRib().isPresent();
    for (UpdateMessage.Refusal refusal : update.refused()) {
      refuse(refusal.what(), refusal.rule(), nowNanos, out);
      refusals.countSubject(refusal.rule(), refusal.subject());
    }
    for (Nlri<HostAddress> route : update.withdrawn()) {
      withdrawn(route.prefix(), "it withdrew the route", out);
    }
    if (update.attributes().isEmpty()) {
      return;
    }
    PathAttributes attributes = update.attributes().get();
    Optional<ServiceHostRule> rule = judge(attributes);
    boolean drains = attributes.communities().standard().contains(PathAttributes.GRACEFUL_SHUTDOWN);
    for (Nlri<HostAddress> route : update.announced()) {
      HostAddress service = route.prefix();
      if (rule.isPresent()) {
        refuse(service, rule.get().label(), nowNanos, out);
        withdrawn(service, "its route was refused: " + rule.get().label(), out);
        continue;
      }
      announced++;
      MedMapping mapping = host.services().get(service);
      if (mapping == null) {
        throw new InvariantBroken("the codec accepts configured services only, not " + service);
      }
      if (drains) {
        draining.add(service);
      } else {
        draining.remove(service);
      }
      advertised(service, HostSignal.read(mapping, attributes.med(), drains), nowNanos, out);
    }
  }

  /** Whether the path is the host's own route; next hop, LOCAL_PREF and the rest do not matter. */
  private Optional<ServiceHostRule> judge(PathAttributes attributes) {
    if (attributes.reflection().originatorId().isPresent()
        || !attributes.reflection().clusterList().isEmpty()) {
      return Optional.of(ServiceHostRule.REFLECTED);
    }
    boolean internal = session.config().internal();
    for (Asn as : attributes.asPath()) {
      if (internal || !as.equals(host.remoteAs())) {
        return Optional.of(ServiceHostRule.AS_PATH_NOT_OWN);
      }
    }
    return Optional.empty();
  }

  private void advertised(
      HostAddress service, HostSignal signal, long nowNanos, List<ServiceHostEffect> out) {
    ServiceHostView.HostAdvertised before = advertised.get(service);
    if (before == null || !before.signal().equals(signal)) {
      advertised.put(service, new ServiceHostView.HostAdvertised(signal, nowNanos));
      out.add(new ServiceHostEffect.HostAdvertised(host.name(), service, signal));
    }
  }

  private void withdrawn(HostAddress service, String why, List<ServiceHostEffect> out) {
    draining.remove(service);
    if (advertised.remove(service) != null) {
      out.add(new ServiceHostEffect.HostWithdrawn(host.name(), service, why));
    }
  }

  /** The first refusal by a rule is logged; all are counted. */
  private void refuse(Object what, String rule, long nowNanos, List<ServiceHostEffect> out) {
    if (refusals.add(what, rule, nowNanos) == 1) {
      note(true, "refused " + what + " by rule " + rule, out);
    }
  }

  /**
   * Everything that the host advertised goes with its session: no graceful restart, no stale
   * routes.
   */
  private void down(DownReason reason, long nowNanos, List<ServiceHostEffect> out) {
    lastDown = reason;
    sinceNanos = nowNanos;
    String why = (reason.byPeer() ? "ended by the host: " : "ended by us: ") + describe(reason);
    note(true, "service session down, " + why, out);
    for (HostAddress service : List.copyOf(advertised.keySet())) {
      withdrawn(service, "its session is gone, " + why, out);
    }
  }

  private static String describe(DownReason reason) {
    return reason.code() == 0
        ? reason.text()
        : "NOTIFICATION " + reason.code() + "/" + reason.subcode() + " " + reason.text();
  }

  /**
   * Noted when the reason is a new one, so that a host that is away fills no log. The loser of a
   * collision (RFC 4271 section 6.8) is no failure: the other connection is there.
   */
  private void attemptFailed(String why, List<ServiceHostEffect> out) {
    boolean another = session.state().compareTo(SessionState.OPEN_SENT) >= 0;
    if (!another && !why.equals(lastFailure)) {
      lastFailure = why;
      note(false, "no service session yet: " + why, out);
    }
  }

  private void note(boolean warning, String text, List<ServiceHostEffect> out) {
    out.add(new ServiceHostEffect.Note(host.name(), warning, text));
  }

  private void write(SessionEffect.Write<HostAddress> write, List<ServiceHostEffect> out) {
    out.add(new ServiceHostEffect.Write(host.name(), write.connection(), write.bytes()));
  }

  void writeBlocked(long connection, long nowNanos) {
    session.stalled(connection, nowNanos);
  }

  OptionalLong deadlineNanos() {
    return session.deadlineNanos();
  }

  ServiceHostView view() {
    return new ServiceHostView(
        host.name(),
        host.remoteAs(),
        new ServiceHostView.SessionView(
            session.state(),
            sinceNanos,
            Optional.ofNullable(lastDown),
            Optional.ofNullable(lastFailure)),
        advertised,
        new ServiceHostView.Counters(
            session.stats().timesEstablished(),
            announced,
            refusals.total(),
            session.stats().messagesOut().getOrDefault(MessageType.UPDATE, 0L)),
        refusals.view());
  }

  ServiceHostDetail detail() {
    SessionStats stats = session.stats();
    return new ServiceHostDetail(
        view(),
        SessionDetail.of(session),
        new PeerView.Counters(
            stats.timesEstablished(),
            stats.messagesIn().getOrDefault(MessageType.UPDATE, 0L),
            refusals.total(),
            new PeerView.Volume(
                announcementsReceived, withdrawalsReceived, stats.messagesReceived()),
            new PeerView.Volume(0, 0, stats.messagesSent())),
        endOfRibReceived,
        new TreeSet<>(host.services().keySet()));
  }
}
