package io.landfall.bench;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.overlay.HostRouteCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A BGP speaker of the benchmarks: a session without a stream, whose bytes the benchmark carries.
 */
public final class Neighbor {
  public static final Block BLOCK = Block.parse("10.0.0.0/8");
  public static final Asn ASN = Asn.of(65_000);
  static final int HOLD_SECONDS = 180;
  private static final int MANY = Integer.MAX_VALUE;

  public final HostAddress identity;
  final Session<HostAddress> session;

  public Neighbor(String identity) {
    this.identity = BLOCK.parseHost(identity);
    this.session =
        new Session<>(
            new SessionConfig(
                ASN,
                ASN,
                ByteBuffer.wrap(this.identity.bytes()).getInt(),
                OptionalLong.empty(),
                HOLD_SECONDS,
                List.of(Family.IPV4_UNICAST),
                SessionConfig.Opening.PASSIVE,
                new SessionConfig.Options(
                    SessionConfig.AddPath.BOTH,
                    SessionConfig.Role.NONE,
                    HOLD_SECONDS,
                    HOLD_SECONDS,
                    MANY)),
            new HostRouteCodec(BLOCK),
            bound -> 0);
    take(new SessionEvent.Start(), 0);
  }

  /** Steps the session, and returns the bytes that it wants to send. */
  public List<byte[]> take(SessionEvent event, long nowNanos) {
    List<SessionEffect<HostAddress>> effects = new ArrayList<>();
    session.step(event, nowNanos, effects::add);
    return writes(effects);
  }

  private static List<byte[]> writes(List<? extends SessionEffect<HostAddress>> effects) {
    List<byte[]> writes = new ArrayList<>();
    for (SessionEffect<HostAddress> effect : effects) {
      if (effect instanceof SessionEffect.Write<HostAddress>(long connection, byte[] bytes)) {
        writes.add(bytes);
      }
    }
    return writes;
  }

  /** The bytes that announce these hosts by way of a node. */
  public List<byte[]> announce(HostAddress node, int pathId, List<HostAddress> hosts) {
    PathAttributes attributes =
        new PathAttributes(
            Origin.IGP,
            List.of(),
            Optional.of(node.inetAddress()),
            OptionalLong.empty(),
            OptionalLong.of(100),
            PathAttributes.Reflection.NONE,
            PathAttributes.Communities.NONE,
            OptionalLong.empty());
    return writes(
        session.send(
            new UpdateMessage<>(
                List.of(),
                hosts.stream().map(host -> new Nlri<>(host, pathId)).toList(),
                Optional.of(attributes),
                List.of(),
                Optional.empty()),
            0));
  }

  /** The bytes that withdraw these hosts. */
  public List<byte[]> withdraw(int pathId, List<HostAddress> hosts) {
    return writes(
        session.send(
            new UpdateMessage<>(
                hosts.stream().map(host -> new Nlri<>(host, pathId)).toList(),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty()),
            0));
  }
}
