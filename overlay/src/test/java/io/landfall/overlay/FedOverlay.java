package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.bgp.UpdateWriter;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * An overlay with one peer, which is nothing but the bytes that a test feeds it; add-path is on.
 */
final class FedOverlay {
  static final HostAddress OWN = OverlayNet.host("10.32.0.1");
  static final HostAddress PEER = OverlayNet.host("10.32.0.2");

  /** The first of the hosts that the peer is entitled to; the others follow. */
  static final int FIRST_SERVICE = 100;

  static final int SERVICES = 100;

  /** The low byte of an OPEN's hold time. */
  private static final int HOLD_TIME_AT = 23;

  /** Where the optional parameters of an OPEN begin (RFC 4271 section 4.2). */
  private static final int OPTIONS_AT = 29;

  private static final int ENHANCED_ROUTE_REFRESH = 70;
  private static final byte NO_CAPABILITY = (byte) 250;

  private static final byte[] KEEPALIVE = message(4);

  /** RFC 4486: Administrative Shutdown. */
  private static final byte[] CEASE = message(3, 6, 2);

  final Overlay overlay;
  final List<OverlayEffect> effects = new ArrayList<>();
  private final PeerInfo peer;
  private final UpdateWriter<HostAddress> writer;
  private long connections;
  private boolean marksRefreshes = true;

  FedOverlay(Relation relation) {
    this(relation, false);
  }

  FedOverlay(Relation relation, boolean reflector) {
    OverlaySettings mesh = OverlayNet.meshMember(new NodeName("fra"), OWN, new Asn(OverlayNet.ASN));
    this.overlay =
        new Overlay(
            new OverlaySettings(
                mesh.name(),
                OWN,
                mesh.asn(),
                reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
                mesh.limits(),
                mesh.costs(),
                mesh.directory()),
            bound -> 0);
    TreeSet<HostAddress> services = new TreeSet<>();
    for (int i = 0; i < SERVICES; i++) {
      services.add(service(i));
    }
    this.peer = new PeerInfo(new NodeName("nyc"), PEER, services, relation);
    HostRouteCodec codec = new HostRouteCodec(OverlayNet.BLOCK);
    this.writer =
        new UpdateWriter<>(
            new Asn(OverlayNet.ASN),
            codec,
            overlay.monitor().family(),
            UpdateWriter.PathIds.PRESENT);
  }

  private static byte[] message(int type, int... body) {
    byte[] bytes = new byte[19 + body.length];
    Arrays.fill(bytes, 0, 16, (byte) 0xff);
    bytes[17] = (byte) bytes.length;
    bytes[18] = (byte) type;
    for (int i = 0; i < body.length; i++) {
      bytes[19 + i] = (byte) body[i];
    }
    return bytes;
  }

  static HostAddress service(int index) {
    return OverlayNet.BLOCK.host(FIRST_SERVICE + index);
  }

  void step(OverlayEvent event) {
    effects.addAll(overlay.step(event, 1));
  }

  /** The peer's OPENs have no Enhanced Route Refresh (RFC 7313) from now on. */
  FedOverlay withoutEnhancedRouteRefresh() {
    marksRefreshes = false;
    return this;
  }

  /** Begins a session, and sees it Established. */
  FedOverlay connect() {
    long connection = ++connections;
    step(new OverlayEvent.LinkUp(peer, "fp", connection, Direction.INCOMING));
    byte[] open =
        UpdateWriter.inventedOpen(
            new Asn(OverlayNet.ASN), BgpIdentifier.of(PEER), overlay.monitor().family(), true);
    open[HOLD_TIME_AT] = 9; // An invented one proposes none, which a session refuses.
    if (!marksRefreshes) {
      leaveOut(open, ENHANCED_ROUTE_REFRESH);
    }
    step(new OverlayEvent.Bytes(PEER, connection, open));
    step(new OverlayEvent.Bytes(PEER, connection, KEEPALIVE));
    assertThat(isEstablished()).isTrue();
    return this;
  }

  /** Gives a capability without a value another number, which nobody has a meaning for. */
  private static void leaveOut(byte[] open, int capability) {
    int changed = 0;
    for (int at = OPTIONS_AT; at + 1 < open.length; at++) {
      if (open[at] == capability && open[at + 1] == 0) {
        open[at] = NO_CAPABILITY;
        changed++;
      }
    }
    assertThat(changed).isEqualTo(1);
  }

  void lose() {
    step(new OverlayEvent.LinkClosed(PEER, connections, "cut"));
  }

  boolean isEstablished() {
    return view().state() == io.landfall.bgp.SessionState.ESTABLISHED;
  }

  PeerView view() {
    return overlay.peers().getFirst();
  }

  int accepted() {
    return view().acceptedPaths();
  }

  /** How often a rule has refused the peer. */
  long refusals(String rule) {
    return overlay.refused().stream()
        .flatMap(each -> each.rules().stream())
        .filter(each -> each.rule().equals(rule))
        .mapToLong(RefusedView.RuleCount::count)
        .sum();
  }

  void announce(PathAttributes attributes, HostAddress host, int pathId) {
    send(
        new UpdateMessage<>(
            List.of(),
            List.of(new Nlri<>(host, pathId)),
            Optional.of(attributes),
            List.of(),
            Optional.empty()));
  }

  /** Announces a route and ends the session with a Cease (RFC 4486) in one read. */
  void announceAndCease(PathAttributes attributes, HostAddress host, int pathId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer
        .write(
            new UpdateMessage<>(
                List.of(),
                List.of(new Nlri<>(host, pathId)),
                Optional.of(attributes),
                List.of(),
                Optional.empty()))
        .forEach(bytes::writeBytes);
    bytes.writeBytes(CEASE);
    step(new OverlayEvent.Bytes(PEER, connections, bytes.toByteArray()));
  }

  void withdraw(HostAddress host, int pathId) {
    send(
        new UpdateMessage<>(
            List.of(new Nlri<>(host, pathId)),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty()));
  }

  private void send(UpdateMessage<HostAddress> update) {
    for (byte[] bytes : writer.write(update)) {
      step(new OverlayEvent.Bytes(PEER, connections, bytes));
    }
  }

  /** What the peer advertises of itself, distinct by MED. */
  static PathAttributes attributes(int med) {
    return attributes(med, 0);
  }

  /** The same with so many large communities, which are others for each MED. */
  static PathAttributes attributes(int med, int largeCommunities) {
    List<LargeCommunity> large = new ArrayList<>();
    for (int i = 0; i < largeCommunities; i++) {
      large.add(new LargeCommunity(65_551, med, i));
    }
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(PEER.inetAddress()),
        OptionalLong.of(med),
        OptionalLong.of(100),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(List.of(), large),
        OptionalLong.empty());
  }
}
