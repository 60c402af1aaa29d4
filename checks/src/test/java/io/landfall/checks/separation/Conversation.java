package io.landfall.checks.separation;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.PrefixCodec;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A session of one plane in an Established conversation with a peer that takes and sends anything,
 * byte for byte and in memory.
 *
 * @param <P> the plane's prefix type
 */
final class Conversation<P> {
  private static final long NOW = 1_000_000_000L;
  private static final long STREAM = 1;

  private final Session<P> ours;
  private final Session<AnyPrefix> peers;
  private final boolean internal;
  private final Deque<byte[]> toPeer = new ArrayDeque<>();
  private final Deque<byte[]> toUs = new ArrayDeque<>();

  /** What the peer heard us announce. */
  final List<String> heardByPeer = new ArrayList<>();

  /** What we accepted from the peer. */
  final List<String> accepted = new ArrayList<>();

  /** The rules by which we refused. */
  final List<String> refused = new ArrayList<>();

  Conversation(PrefixCodec<P> codec, boolean internal) {
    this.internal = internal;
    int peersAs = internal ? 65001 : 65002;
    ours = new Session<>(config(65001, peersAs, 1, false), codec, bound -> bound - 1);
    peers = new Session<>(config(peersAs, 65001, 2, true), AnyPrefix.CODEC, bound -> bound - 1);
    ours(new SessionEvent.Start());
    peers(new SessionEvent.Start());
    ours(new SessionEvent.Connected(STREAM, Direction.OUTGOING));
    peers(new SessionEvent.Connected(STREAM, Direction.INCOMING));
    settle();
    assertThat(ours.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  private static SessionConfig config(int localAs, int remoteAs, int id, boolean passive) {
    return new SessionConfig(
        new Asn(localAs),
        new Asn(remoteAs),
        id,
        OptionalLong.empty(),
        9,
        List.of(Family.IPV4_UNICAST, Family.IPV6_UNICAST),
        passive ? SessionConfig.Opening.PASSIVE : SessionConfig.Opening.ACTIVE,
        new SessionConfig.Options(SessionConfig.AddPath.NONE, SessionConfig.Role.NONE, 0, 5, 1000));
  }

  /** Announces on our plane; whatever bytes that makes reach the peer. */
  void announce(P prefix) {
    ours.send(update(prefix), NOW).forEach(this::effectOfOurs);
    settle();
  }

  /** The peer announces. */
  void peerAnnounces(String prefix) {
    peers.send(update(AnyPrefix.of(prefix)), NOW).forEach(this::effectOfPeer);
    settle();
  }

  /** Whether our session is still up. */
  boolean isUp() {
    return ours.state() == SessionState.ESTABLISHED;
  }

  private <Q> UpdateMessage<Q> update(Q prefix) {
    PathAttributes attributes =
        new PathAttributes(
            Origin.IGP,
            internal ? List.of() : List.of(Asn.of(65001)),
            Optional.of(InetAddress.ofLiteral("192.0.2.7")),
            OptionalLong.empty(),
            internal ? OptionalLong.of(100) : OptionalLong.empty(),
            PathAttributes.Reflection.NONE,
            PathAttributes.Communities.NONE,
            OptionalLong.empty());
    return new UpdateMessage<>(
        List.of(),
        List.of(new Nlri<>(prefix, 0)),
        Optional.of(attributes),
        List.of(),
        Optional.empty());
  }

  private void ours(SessionEvent event) {
    ours.step(event, NOW, this::effectOfOurs);
  }

  private void peers(SessionEvent event) {
    peers.step(event, NOW, this::effectOfPeer);
  }

  private void effectOfOurs(SessionEffect<P> effect) {
    if (effect instanceof SessionEffect.Write<P>(long stream, byte[] bytes)) {
      toPeer.add(bytes);
    } else if (effect instanceof SessionEffect.Update<P>(UpdateMessage<P> update)) {
      update.announced().forEach(nlri -> accepted.add(nlri.prefix().toString()));
      update.refused().forEach(refusal -> refused.add(refusal.rule()));
    }
  }

  private void effectOfPeer(SessionEffect<AnyPrefix> effect) {
    if (effect instanceof SessionEffect.Write<AnyPrefix>(long stream, byte[] bytes)) {
      toUs.add(bytes);
    } else if (effect instanceof SessionEffect.Update<AnyPrefix>(UpdateMessage<AnyPrefix> update)) {
      update.announced().forEach(nlri -> heardByPeer.add(nlri.prefix().toString()));
    }
  }

  private void settle() {
    while (!toPeer.isEmpty() || !toUs.isEmpty()) {
      if (!toPeer.isEmpty()) {
        peers(new SessionEvent.Received(STREAM, toPeer.removeFirst()));
      } else {
        ours(new SessionEvent.Received(STREAM, toUs.removeFirst()));
      }
    }
  }
}
