package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.testkit.BgpMessages;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A reflector with two peers: one whose bytes are made by hand, and a client of its own that
 * remembers what it is told.
 */
final class PeerReads {
  static final HostAddress SHOP = OverlayNet.host("10.32.1.0");
  static final HostAddress PEER = OverlayNet.host("10.32.0.7");
  static final int PEER_ID = ByteBuffer.wrap(PEER.bytes()).getInt();
  private static final HostAddress HERE = OverlayNet.host("10.32.0.1");
  private static final HostAddress OBSERVER = OverlayNet.host("10.32.0.9");
  private static final long PEER_LINK = 1;
  private static final long OBSERVER_LINK = 2;
  private static final long NOW = 1_000_000_000L;
  private static final int ROUTE_REFRESH = 5;

  /** What is under way between the node and its peer when the reads come. */
  enum Before {
    /** Nothing. */
    NOTHING,
    /** The node has asked for a refresh, and wants another when that is complete. */
    REFRESH_AND_ANOTHER,
    /** A drain waits for the peer's answer. */
    BARRIER
  }

  private final Overlay overlay =
      new Overlay(
          new OverlaySettings(
              new NodeName("rr"),
              HERE,
              new Asn(OverlayNet.ASN),
              OverlaySettings.Reflection.REFLECTOR,
              OverlayLimits.usual(),
              NodeCosts.equal(),
              NodeDirectory.empty()),
          bound -> bound - 1);
  private final Session<HostAddress> observer = observer();
  private final TreeMap<String, String> told = new TreeMap<>();
  private final Deque<byte[]> toObserver = new ArrayDeque<>();
  private final StringBuilder outcome = new StringBuilder();
  private final PeerInfo peer;
  private long lastSecond = 1_000;

  private PeerReads(Relation relation) {
    peer = new PeerInfo(new NodeName("nyc"), PEER, new TreeSet<>(List.of(SHOP)), relation);
    step(new OverlayEvent.LocalServicesEvaluated());
    observer.step(new SessionEvent.Start(), NOW, this::observed);
    PeerInfo sin = new PeerInfo(new NodeName("sin"), OBSERVER, new TreeSet<>(), Relation.CLIENT);
    step(new OverlayEvent.LinkUp(sin, "fp-sin", OBSERVER_LINK, Direction.OUTGOING));
    observer.step(
        new SessionEvent.Connected(OBSERVER_LINK, Direction.INCOMING), NOW, this::observed);
    settle();
    outcome.setLength(0);
  }

  /** What the reads of a peer cause, in order, and what is left of it in the end. */
  static String outcome(
      Relation relation, boolean outgoing, Before before, List<byte[]> start, List<byte[]> reads) {
    PeerReads run = new PeerReads(relation);
    run.step(
        new OverlayEvent.LinkUp(
            run.peer, "fp-nyc", PEER_LINK, outgoing ? Direction.OUTGOING : Direction.INCOMING));
    start.forEach(run::read);
    run.prepare(before);
    reads.forEach(run::read);
    return run.end();
  }

  private void prepare(Before before) {
    switch (before) {
      case NOTHING -> {}
      case REFRESH_AND_ANOTHER -> {
        TreeSet<HostAddress> more = new TreeSet<>(List.of(SHOP));
        for (String service : List.of("10.32.1.7", "10.32.1.8")) {
          more.add(OverlayNet.host(service));
          step(
              new OverlayEvent.LinkUp(
                  peer.withServices(more), "fp-nyc", ++lastSecond, Direction.INCOMING));
          step(new OverlayEvent.LinkClosed(PEER, lastSecond, "cut"));
        }
      }
      case BARRIER -> step(new OverlayEvent.DrainWithdraw(7));
    }
  }

  private void read(byte[] bytes) {
    step(new OverlayEvent.Bytes(PEER, PEER_LINK, bytes.clone()));
    settle();
  }

  private void settle() {
    while (!toObserver.isEmpty()) {
      observer.step(
          new SessionEvent.Received(OBSERVER_LINK, toObserver.poll()), NOW, this::observed);
    }
  }

  private void step(OverlayEvent event) {
    for (OverlayEffect effect : overlay.step(event, NOW)) {
      switch (effect) {
        case OverlayEffect.Write(HostAddress to, long connection, byte[] bytes) -> {
          if (connection == OBSERVER_LINK) {
            toObserver.add(bytes);
          } else if (isOfTheSession(bytes)) {
            note("write " + HexFormat.of().formatHex(bytes));
          }
        }
        // What several messages change is sent once for all that came together.
        case OverlayEffect.RoutesChanged changed -> {}
        default -> note(effect.toString());
      }
    }
  }

  private void note(String line) {
    outcome.append(line).append('\n');
  }

  /** All but the table's changes, which are sent once for all that came together. */
  private static boolean isOfTheSession(byte[] message) {
    int type = message[18];
    return type != BgpMessages.UPDATE && (type != ROUTE_REFRESH || message[21] == 0);
  }

  private void observed(SessionEffect<HostAddress> effect) {
    switch (effect) {
      case SessionEffect.Write<HostAddress>(long connection, byte[] bytes) ->
          step(new OverlayEvent.Bytes(OBSERVER, OBSERVER_LINK, bytes));
      case SessionEffect.Update<HostAddress>(UpdateMessage<HostAddress> update) -> {
        for (Nlri<HostAddress> route : update.withdrawn()) {
          told.remove(route.prefix().toString());
        }
        for (Nlri<HostAddress> route : update.announced()) {
          told.put(route.prefix().toString(), update.attributes().orElseThrow().toString());
        }
      }
      case SessionEffect.Down<HostAddress>(var reason) ->
          throw new AssertionError("another peer's session ended: " + reason);
      default -> {}
    }
  }

  private String end() {
    for (PeerView view : overlay.peers()) {
      if (view.info().identity().equals(PEER)) {
        note(
            String.join(
                " ",
                view.state().name(),
                view.acceptedPaths() + " paths,",
                view.counters().updatesReceived() + " updates,",
                view.counters().received().announcements() + " announced,",
                view.counters().received().withdrawals() + " withdrawn,",
                view.counters().refused() + " refused,",
                "told all: " + view.endOfRibReceived(),
                view.lastDown().toString()));
      }
    }
    overlay.routes().forEach(route -> note(route.toString()));
    overlay.refused().forEach(refused -> note(refused.toString()));
    note("the client was told " + told);
    return outcome.toString();
  }

  private static Session<HostAddress> observer() {
    return new Session<>(
        new SessionConfig(
            new Asn(OverlayNet.ASN),
            new Asn(OverlayNet.ASN),
            ByteBuffer.wrap(OBSERVER.bytes()).getInt(),
            OptionalLong.empty(),
            90,
            List.of(Family.IPV4_UNICAST),
            SessionConfig.Opening.PASSIVE,
            new SessionConfig.Options(
                SessionConfig.AddPath.NONE, SessionConfig.Role.NONE, 0, 5, 1_000)),
        new HostRouteCodec(OverlayNet.BLOCK),
        bound -> bound - 1);
  }
}
