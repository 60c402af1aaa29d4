package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.PlainBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.Neighbors;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.node.bgptcp.PlainNeighbor;
import io.landfall.node.bgptcp.PlainNeighbors;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.PeerInfo;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.PasswordFile;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * From {@code overlay.bgp} to the neighbours of the overlay, and to what may be heard of through
 * them.
 */
final class PlainBgp {
  private PlainBgp() {}

  /**
   * The streams of a node's neighbours over plain TCP; none are open yet.
   *
   * @throws StartFailed when a key cannot be read, or the system has no such sockets
   */
  static PlainNeighbors of(
      NodeConfig config,
      EventLoopGroup loops,
      ControlLoop control,
      ControlDriver overlay,
      Neighbors known)
      throws StartFailed {
    List<PlainNeighbor> neighbors = neighbors(config);
    if (!neighbors.isEmpty() && !Sockets.isEpoll(loops)) {
      throw new StartFailed("overlay.bgp: BGP over plain TCP needs Linux and its epoll");
    }
    neighbors.forEach(n -> known.configured(n.peer().identity(), n.peer().name()));
    config.overlay().bgp().nodes().forEach((name, identity) -> known.configured(identity, name));
    return new PlainNeighbors(
        neighbors,
        new PlainNeighbors.Host(
            loops, control, control, bound -> ThreadLocalRandom.current().nextLong(bound)),
        overlay);
  }

  /**
   * Listens for neighbours where the config says so.
   *
   * @throws StartFailed when the address cannot be had
   */
  static void listen(PlainNeighbors neighbors, NodeConfig config) throws StartFailed {
    Optional<InetSocketAddress> listen = config.overlay().bgp().listen();
    if (listen.isPresent()) {
      var bound = neighbors.listen(listen.get()).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new StartFailed(
            "overlay.bgp.listen "
                + SocketText.of(listen.get())
                + ": "
                + SocketText.why(bound.cause()),
            bound.cause());
      }
    }
  }

  private static List<PlainNeighbor> neighbors(NodeConfig config) throws StartFailed {
    List<PlainNeighbor> list = new ArrayList<>();
    for (PlainBgpConfig.Neighbor neighbor : config.overlay().bgp().neighbors()) {
      Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
      if (neighbor.passwordFile().isPresent()) {
        Path file = neighbor.passwordFile().get();
        try {
          key = Optional.of(PasswordFile.read(file));
        } catch (IOException | IllegalArgumentException e) {
          throw new StartFailed("overlay.bgp " + neighbor.name() + ": " + e.getMessage(), e);
        }
      }
      list.add(
          new PlainNeighbor(
              new PeerInfo(
                  neighbor.name(),
                  neighbor.identity(),
                  entitled(config, neighbor.name()),
                  PeerInfo.Relation.valueOf(neighbor.relation().name())),
              new BgpTcpSpec(
                  new InetSocketAddress(neighbor.address(), neighbor.port()),
                  Optional.empty(),
                  key,
                  neighbor.ttlSecurity() ? 1 : 0,
                  BgpTcpSpec.Timeouts.DEFAULT),
              neighbor.dial()));
    }
    return list;
  }

  /** Who may originate what, of those who are heard of through others only. */
  static NodeDirectory directory(NodeConfig config) {
    PlainBgpConfig bgp = config.overlay().bgp();
    SortedMap<HostAddress, SortedSet<HostAddress>> byNode = new TreeMap<>();
    bgp.nodes().forEach((name, identity) -> byNode.put(identity, entitled(config, name)));
    return new NodeDirectory() {
      @Override
      public boolean isNode(HostAddress address) {
        return byNode.containsKey(address);
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        SortedSet<HostAddress> services = byNode.get(node);
        return services != null && (bgp.anyInBlock() || services.contains(service));
      }
    };
  }

  private static SortedSet<HostAddress> entitled(NodeConfig config, NodeName node) {
    SortedSet<HostAddress> identities = new TreeSet<>();
    List<ServiceName> names = config.trust().entitlements().getOrDefault(node, List.of());
    for (ServiceConfig service : config.services()) {
      if (names.contains(service.name())) {
        identities.add(service.identity());
      }
    }
    return identities;
  }
}
