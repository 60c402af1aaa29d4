package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The other end of a session with an overlay under test: it announces what the test wants, and
 * takes all that it receives.
 */
final class FedPeer {
  private static final int HOLD_SECONDS = 9;

  final PeerInfo info;
  private final HostAddress overlayIdentity;
  private final boolean addPath;
  private final HostRouteCodec codec = new HostRouteCodec(OverlayNet.BLOCK);
  private final Consumer<List<OverlayEvent>> overlay;
  private Session<HostAddress> session;
  private long connection;

  /** What it has received, as text: host and path identifier, and then the attributes. */
  final Map<String, PathAttributes> told = new TreeMap<>();

  /** What it has announced in this session and not withdrawn. */
  private final Map<Nlri<HostAddress>, PathAttributes> said = new LinkedHashMap<>();

  /** Whether it has received an End-of-RIB. */
  boolean endOfRib;

  final List<UpdateMessage<HostAddress>> updates = new ArrayList<>();

  FedPeer(
      PeerInfo info,
      HostAddress overlayIdentity,
      boolean addPath,
      Consumer<List<OverlayEvent>> overlay) {
    this.info = info;
    this.overlayIdentity = overlayIdentity;
    this.addPath = addPath;
    this.overlay = overlay;
    this.session = newSession();
  }

  private Session<HostAddress> newSession() {
    SessionConfig config =
        new SessionConfig(
            new Asn(OverlayNet.ASN),
            new Asn(OverlayNet.ASN),
            BgpIdentifier.of(info.identity()),
            OptionalLong.of(Integer.toUnsignedLong(BgpIdentifier.of(overlayIdentity))),
            HOLD_SECONDS,
            List.of(HostRouteCodec.familyOf(OverlayNet.BLOCK)),
            SessionConfig.Opening.PASSIVE,
            new SessionConfig.Options(
                addPath ? SessionConfig.AddPath.BOTH : SessionConfig.AddPath.SEND,
                SessionConfig.Role.NONE,
                0,
                5,
                Integer.MAX_VALUE));
    return new Session<>(config, codec, bound -> 0);
  }

  boolean isUp() {
    return session.state() == SessionState.ESTABLISHED;
  }

  void connect(long number, String fingerprint) {
    connection = number;
    session = newSession();
    told.clear();
    endOfRib = false;
    session.step(new SessionEvent.Start(), 1, effect -> {});
    List<OverlayEvent> events = new ArrayList<>();
    events.add(new OverlayEvent.LinkUp(info, fingerprint, number, Direction.INCOMING));
    session.step(
        new SessionEvent.Connected(number, Direction.OUTGOING),
        1,
        effect -> {
          if (effect instanceof SessionEffect.Write<HostAddress> write) {
            events.add(bytes(write));
          }
        });
    overlay.accept(events);
  }

  void lose() {
    long lost = connection;
    connection = 0;
    session = newSession();
    told.clear();
    said.clear();
    endOfRib = false;
    overlay.accept(List.of(new OverlayEvent.LinkClosed(info.identity(), lost, "cut")));
  }

  /** Bytes from the overlay on one of its streams. */
  void received(long number, byte[] bytes) {
    if (number == connection) {
      step(new SessionEvent.Received(number, bytes));
    }
  }

  /** What the session wants is done after its step, since the overlay may answer at once. */
  private void step(SessionEvent event) {
    List<SessionEffect<HostAddress>> effects = new ArrayList<>();
    session.step(event, 1, effects::add);
    effects.forEach(this::carryOut);
  }

  private void carryOut(SessionEffect<HostAddress> effect) {
    switch (effect) {
      case SessionEffect.Write<HostAddress> write -> send(write);
      case SessionEffect.Update<HostAddress>(UpdateMessage<HostAddress> update) -> take(update);
      case SessionEffect.Refresh<HostAddress>(Family asked, int subtype) -> {
        if (subtype == 0) {
          sayAgain();
        }
      }
      default -> {}
    }
  }

  /** RFC 2918, RFC 7313. */
  private void sayAgain() {
    refreshMarker(1);
    Map<Nlri<HostAddress>, PathAttributes> all = new LinkedHashMap<>(said);
    all.forEach((route, attributes) -> announce(attributes, List.of(route)));
    refreshMarker(2);
  }

  private void send(SessionEffect.Write<HostAddress> write) {
    overlay.accept(List.of(bytes(write)));
  }

  private OverlayEvent bytes(SessionEffect.Write<HostAddress> write) {
    return new OverlayEvent.Bytes(info.identity(), write.connection(), write.bytes());
  }

  private void take(UpdateMessage<HostAddress> update) {
    updates.add(update);
    endOfRib |= update.endOfRib().isPresent();
    update.withdrawn().forEach(route -> told.remove(route.toString()));
    for (Nlri<HostAddress> route : update.announced()) {
      told.put(route.toString(), update.attributes().orElseThrow());
    }
  }

  void announce(PathAttributes attributes, List<Nlri<HostAddress>> routes) {
    routes.forEach(route -> said.put(route, attributes));
    update(
        new UpdateMessage<>(
            List.of(), routes, Optional.of(attributes), List.of(), Optional.empty()));
  }

  /** Will not send again what it has sent. */
  void forget() {
    said.clear();
  }

  void withdraw(HostAddress host, int pathId) {
    said.remove(new Nlri<>(host, pathId));
    update(
        new UpdateMessage<>(
            List.of(new Nlri<>(host, pathId)),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty()));
  }

  void endOfRib() {
    update(
        new UpdateMessage<>(
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.of(HostRouteCodec.familyOf(OverlayNet.BLOCK))));
  }

  private void update(UpdateMessage<HostAddress> update) {
    session.send(update, 1).forEach(this::send);
  }

  /** Begins a refresh, or ends it (RFC 7313). */
  void refreshMarker(int subtype) {
    session
        .sendRefreshMarker(HostRouteCodec.familyOf(OverlayNet.BLOCK), subtype, 1)
        .forEach(this::send);
  }

  /** Asks to be told everything again. */
  void askRefresh() {
    session.requestRefresh(HostRouteCodec.familyOf(OverlayNet.BLOCK), 1).forEach(this::send);
  }
}
