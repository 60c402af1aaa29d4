package io.landfall.node;

import io.landfall.bgp.peering.Peering;
import io.landfall.config.NodeConfig;
import io.landfall.config.PlainBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.Neighbors;
import io.landfall.core.Block;
import io.landfall.core.FailureText;
import io.landfall.core.HostAddress;
import io.landfall.core.ListeningSocket.Use;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.PlainNeighbor;
import io.landfall.node.peering.PlainNeighbors;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.OverlayEvent;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * From {@code overlay.bgp} to the neighbours of the overlay, and to what may be learnt through
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
    config
        .overlay()
        .bgp()
        .nodes()
        .forEach((name, where) -> oneOf(config, where).ifPresent(id -> known.configured(id, name)));
    return new PlainNeighbors(neighbors, new PeeringDriver.Host(loops, control), overlay);
  }

  /**
   * Listens for neighbours where that is configured.
   *
   * @param listeners what of it is open already, and takes note of it
   * @throws StartFailed when the address cannot be had
   */
  static void listen(PlainNeighbors neighbors, NodeConfig config, ControlListeners listeners)
      throws StartFailed {
    Optional<InetSocketAddress> listen = config.overlay().bgp().listen();
    if (listen.isPresent()) {
      var bound =
          listeners
              .add(Use.NEIGHBORS, listen.get(), open -> neighbors.listen(listen.get(), open))
              .awaitUninterruptibly();
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

  /** The identities of the neighbours: they have no certificate. */
  static Set<HostAddress> identities(NodeConfig config) {
    return config.overlay().bgp().neighbors().stream()
        .map(PlainBgpConfig.Neighbor::identity)
        .collect(Collectors.toSet());
  }

  /**
   * The neighbours, with their keys.
   *
   * @throws StartFailed when a key cannot be read
   */
  static List<PlainNeighbor> neighbors(NodeConfig config) throws StartFailed {
    List<PlainNeighbor> list = new ArrayList<>();
    for (PlainBgpConfig.Neighbor neighbor : config.overlay().bgp().neighbors()) {
      Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
      if (neighbor.passwordFile().isPresent()) {
        Path file = neighbor.passwordFile().get();
        try {
          key = Optional.of(PasswordFile.read(file));
        } catch (IOException | IllegalArgumentException e) {
          throw new StartFailed(
              "overlay.bgp.neighbors[" + list.size() + "].password-file", FailureText.of(e), e);
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
              neighbor.dial() ? Peering.Dialling.WHILE_ALONE : Peering.Dialling.NEVER));
    }
    return list;
  }

  /**
   * Neighbours and the nodes behind them may originate what another config entitles them to; their
   * sessions go on. On the control thread.
   */
  static void entitle(Node node, NodeConfig before, NodeConfig now) {
    for (PlainBgpConfig.Neighbor each : now.overlay().bgp().neighbors()) {
      SortedSet<HostAddress> services = entitled(now, each.name());
      node.plain.entitle(each.address(), services);
      node.overlay.apply(new OverlayEvent.Entitle(each.identity(), services));
    }
    boolean others =
        now.overlay().bgp().nodes().keySet().stream()
            .anyMatch(name -> !entitled(now, name).equals(entitled(before, name)));
    if (others) {
      node.overlay.apply(new OverlayEvent.DirectoryChanged());
    }
  }

  /**
   * Which node may originate what, of those whose routes come through others only; asked on the
   * control thread only.
   *
   * @param config the config of now
   */
  static NodeDirectory directory(Supplier<NodeConfig> config) {
    return new NodeDirectory() {
      private NodeConfig of = config.get();
      private NodeDirectory made = directory(of);

      // It is asked for every route, and two configs that are equal are compared deeply.
      @SuppressWarnings("ReferenceEquality")
      private NodeDirectory now() {
        if (of != config.get()) {
          of = config.get();
          made = directory(of);
        }
        return made;
      }

      @Override
      public boolean isNode(HostAddress address) {
        return now().isNode(address);
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        return now().isEntitled(node, service);
      }
    };
  }

  private static NodeDirectory directory(NodeConfig config) {
    PlainBgpConfig bgp = config.overlay().bgp();
    SortedMap<HostAddress, SortedSet<HostAddress>> byNode = new TreeMap<>();
    List<Nodes> ranges = new ArrayList<>();
    bgp.nodes()
        .forEach(
            (name, where) ->
                oneOf(config, where)
                    .ifPresentOrElse(
                        identity -> byNode.put(identity, entitled(config, name)),
                        () -> ranges.add(nodes(config, name, where))));
    return new NodeDirectory() {
      @Override
      public boolean isNode(HostAddress address) {
        return services(address).isPresent();
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        Optional<SortedSet<HostAddress>> services = services(node);
        return services.isPresent() && (bgp.anyInBlock() || services.get().contains(service));
      }

      private Optional<SortedSet<HostAddress>> services(HostAddress node) {
        SortedSet<HostAddress> own = byNode.get(node);
        if (own != null) {
          return Optional.of(own);
        }
        for (Nodes range : ranges) {
          if (range.contains(node)) {
            return Optional.of(range.services());
          }
        }
        return Optional.empty();
      }
    };
  }

  /** The nodes of a prefix, as offsets in the block: this is asked for every route. */
  private record Nodes(int first, int count, SortedSet<HostAddress> services) {
    boolean contains(HostAddress node) {
      int at = node.offset() - first;
      return at >= 0 && at < count;
    }
  }

  private static Nodes nodes(NodeConfig config, NodeName name, Block where) {
    int first = config.overlay().block().offsetOf(where.network());
    return new Nodes(first, where.size(), entitled(config, name));
  }

  /** The node, where a prefix holds one. */
  private static Optional<HostAddress> oneOf(NodeConfig config, Block where) {
    return where.size() == 1 ? config.overlay().block().host(where.network()) : Optional.empty();
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
