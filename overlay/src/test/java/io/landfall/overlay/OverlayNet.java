package io.landfall.overlay;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;

/** Overlays joined by in-memory streams under a virtual clock; delivers until all is quiet. */
final class OverlayNet {
  static final int ASN = (int) 4_200_000_000L;
  static final Block BLOCK = Block.parse("10.32.0.0/23");

  /** One overlay and what it has asked for. */
  final class Node {
    final NodeName name;
    final HostAddress identity;
    final Overlay overlay;
    final List<OverlayEffect> seen = new ArrayList<>();

    Node(OverlaySettings config) {
      this.name = config.name();
      this.identity = config.identity();
      this.overlay = new Overlay(config, new Random(7)::nextLong);
    }

    PeerInfo info(Relation relation) {
      return new PeerInfo(name, identity, services, relation);
    }

    void step(OverlayEvent event) {
      for (OverlayEffect effect : overlay.step(event, nowNanos)) {
        seen.add(effect);
        apply(this, effect);
      }
    }

    void originate(HostAddress service, Signal signal, long tier) {
      step(new OverlayEvent.Originate(service, signal, tier));
    }

    <T extends OverlayEffect> List<T> seen(Class<T> type) {
      return seen.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The table without what differs by observer. */
    Map<String, List<String>> table() {
      Map<String, List<String>> table = new LinkedHashMap<>();
      for (RouteView route : overlay.routes()) {
        table.put(
            route.host().toString(),
            route.paths().stream()
                .map(p -> p.nextHop() + " " + p.signal() + " tier " + p.tier())
                .distinct()
                .sorted()
                .toList());
      }
      return table;
    }

    @Override
    public String toString() {
      return name.value();
    }
  }

  /** One stream; each side knows it by the same number. */
  private static final class Link {
    final long number;
    final Node a;
    final Node b;
    boolean open = true;

    Link(long number, Node a, Node b) {
      this.number = number;
      this.a = a;
      this.b = b;
    }

    Node other(Node node) {
      return node == a ? b : a;
    }
  }

  private record Delivery(Node to, Node from, Link link, byte[] bytes) {}

  final TreeSet<HostAddress> services = new TreeSet<>();
  final List<Node> nodes = new ArrayList<>();
  private final Map<Long, Link> links = new LinkedHashMap<>();
  private final Deque<Delivery> deliveries = new ArrayDeque<>();
  private long lastLink;
  long nowNanos = 1_000_000_000L;

  /** A member of a full mesh with the usual limits, equal costs and no reflector. */
  static OverlaySettings meshMember(NodeName name, HostAddress identity, Asn asn) {
    return new OverlaySettings(
        name,
        identity,
        asn,
        OverlaySettings.Reflection.NONE,
        OverlayLimits.usual(),
        NodeCosts.equal(),
        NodeDirectory.empty());
  }

  /** Every node of the net may originate these. */
  OverlayNet entitled(HostAddress... hosts) {
    services.addAll(List.of(hosts));
    return this;
  }

  Node add(OverlaySettings config) {
    Node node = new Node(config);
    nodes.add(node);
    return node;
  }

  Node add(String name, String identity) {
    return add(meshMember(new NodeName(name), BLOCK.parseHost(identity), new Asn(ASN)));
  }

  /** Joins two nodes; each is told what the other is to it. */
  long join(Node a, Node b, Relation bIs, Relation aIs) {
    Link link = new Link(++lastLink, a, b);
    links.put(link.number, link);
    a.step(new OverlayEvent.LinkUp(b.info(bIs), "fp-" + b, link.number, Direction.OUTGOING));
    b.step(new OverlayEvent.LinkUp(a.info(aIs), "fp-" + a, link.number, Direction.INCOMING));
    return link.number;
  }

  /**
   * A second stream of a live peer, with a certificate that names these services: from then on it
   * may originate them and no others.
   */
  void renew(Node at, Node peer, HostAddress... services) {
    PeerInfo info = peer.info(Relation.MESH).withServices(new TreeSet<>(List.of(services)));
    long second = ++lastLink;
    at.step(new OverlayEvent.LinkUp(info, "fp-" + peer, second, Direction.INCOMING));
    at.step(new OverlayEvent.LinkClosed(peer.identity, second, "cut"));
  }

  long join(Node a, Node b) {
    return join(a, b, Relation.MESH, Relation.MESH);
  }

  /** Joins every pair and lets it settle. */
  void mesh() {
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = i + 1; j < nodes.size(); j++) {
        join(nodes.get(i), nodes.get(j));
      }
    }
    settle();
  }

  /** Breaks a stream; what is under way on it is lost. */
  void cut(long number) {
    Link link = links.remove(number);
    if (link != null && link.open) {
      link.open = false;
      link.a.step(new OverlayEvent.LinkClosed(link.b.identity, number, "cut"));
      link.b.step(new OverlayEvent.LinkClosed(link.a.identity, number, "cut"));
    }
  }

  /** Delivers bytes, and lets what is due now happen, until nothing is left to do. */
  void settle() {
    boolean more = true;
    while (more) {
      more = false;
      Delivery delivery = deliveries.poll();
      if (delivery != null) {
        more = true;
        if (delivery.link.open) {
          if (delivery.bytes.length == 0) {
            cut(delivery.link.number);
          } else {
            delivery.to.step(
                new OverlayEvent.Bytes(
                    delivery.from.identity, delivery.link.number, delivery.bytes));
          }
        }
        continue;
      }
      for (Node node : nodes) {
        OptionalLong due = node.overlay.deadlineNanos();
        if (due.isPresent() && due.getAsLong() - nowNanos <= 0) {
          more = true;
          node.step(new OverlayEvent.Tick());
        }
      }
    }
  }

  /** Lets time pass in steps, delivering all the while. */
  void run(long nanos) {
    long end = nowNanos + nanos;
    while (nowNanos < end) {
      nowNanos += Math.min(100_000_000L, end - nowNanos);
      settle();
    }
  }

  private void apply(Node node, OverlayEffect effect) {
    switch (effect) {
      case OverlayEffect.Write(HostAddress peer, long connection, byte[] bytes) -> {
        Link link = links.get(connection);
        if (link != null && link.open) {
          deliveries.add(new Delivery(link.other(node), node, link, bytes));
        }
      }
      case OverlayEffect.CloseLink(HostAddress peer, long connection, String why) -> {
        Link link = links.get(connection);
        if (link != null) {
          // An empty delivery is the end of the stream, after what was written before it.
          deliveries.add(new Delivery(link.other(node), node, link, new byte[0]));
        }
      }
      default -> {}
    }
  }

  static HostAddress host(String address) {
    return BLOCK.parseHost(address);
  }
}
