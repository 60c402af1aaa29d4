package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.overlay.RouteView.PathView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reflection (RFC 4456) between whole overlays. */
class ReflectorTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);

  /** Every address below 10.32.1.0 may be a node, and each may originate the net's services. */
  private NodeDirectory directory() {
    return new NodeDirectory() {
      @Override
      public boolean isNode(HostAddress address) {
        return address.offset() < 256;
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        return net.services.contains(service);
      }
    };
  }

  private Node add(String name, String identity, boolean reflector) {
    return net.add(
        new OverlaySettings(
            new NodeName(name),
            OverlayNet.host(identity),
            new Asn(OverlayNet.ASN),
            reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
            OverlayLimits.usual(),
            NodeCosts.equal(),
            directory()));
  }

  private long client(Node reflector, Node node) {
    return net.join(reflector, node, Relation.CLIENT, Relation.REFLECTOR);
  }

  private static List<PathView> paths(Node node, HostAddress host) {
    return node.overlay.route(host).map(RouteView::paths).orElse(List.of());
  }

  @Test
  void clientsSeeEverySiteOfAServiceThroughTheReflector() {
    Node rr = add("rr", "10.32.0.1", true);
    Node fra = add("fra", "10.32.0.2", false);
    Node nyc = add("nyc", "10.32.0.3", false);
    Node sin = add("sin", "10.32.0.4", false);
    fra.originate(SHOP, Signal.UP, 0);
    nyc.originate(SHOP, Signal.DRAINING, 0);
    List.of(fra, nyc, sin).forEach(node -> client(rr, node));
    net.settle();
    assertThat(sin.table()).isEqualTo(rr.table()).isEqualTo(fra.table());
    assertThat(paths(sin, SHOP))
        .extracting(PathView::nextHop)
        .containsExactly(fra.identity, nyc.identity);
    assertThat(paths(sin, SHOP))
        .extracting(path -> path.learned().clusterListLength())
        .containsExactly(1, 1);
    assertThat(sin.overlay.refused()).isEmpty();
    assertThat(fra.overlay.refused()).isEmpty();
    fra.originate(SHOP, Signal.DOWN, 0);
    net.settle();
    assertThat(paths(sin, SHOP)).extracting(PathView::nextHop).containsExactly(nyc.identity);
  }

  @Test
  void aNextHopBehindAReflectorIsUsableOnlyOnceItIsProved() {
    Node rr = add("rr", "10.32.0.1", true);
    Node fra = add("fra", "10.32.0.2", false);
    Node sin = add("sin", "10.32.0.4", false);
    fra.originate(SHOP, Signal.UP, 0);
    client(rr, fra);
    client(rr, sin);
    net.settle();
    assertThat(paths(sin, SHOP)).extracting(PathView::usable).containsExactly(false);
    assertThat(paths(sin, SHOP)).extracting(PathView::best).containsExactly(false);
    sin.step(new OverlayEvent.RemoteNode.ChannelUp(fra.identity));
    assertThat(paths(sin, SHOP)).extracting(PathView::best).containsExactly(true);
  }

  @Test
  void threeReflectorsAndTheirClientsAgreeAndSurviveTheLossOfOne() {
    List<Node> reflectors =
        List.of(
            add("rra", "10.32.0.1", true),
            add("rrb", "10.32.0.2", true),
            add("rrc", "10.32.0.3", true));
    List<Node> clients =
        List.of(
            add("fra", "10.32.0.11", false),
            add("nyc", "10.32.0.12", false),
            add("sin", "10.32.0.13", false));
    net.join(reflectors.get(0), reflectors.get(1), Relation.REFLECTOR, Relation.REFLECTOR);
    net.join(reflectors.get(1), reflectors.get(2), Relation.REFLECTOR, Relation.REFLECTOR);
    net.join(reflectors.get(0), reflectors.get(2), Relation.REFLECTOR, Relation.REFLECTOR);
    for (int i = 0; i < 3; i++) {
      clients.get(i).originate(SHOP, Signal.UP, i);
      client(reflectors.get(i), clients.get(i));
      client(reflectors.get((i + 1) % 3), clients.get(i));
    }
    net.settle();
    for (Node node : net.nodes) {
      assertThat(node.table()).as("table of %s", node).isEqualTo(reflectors.get(0).table());
    }
    assertThat(reflectors.get(0).table().get("10.32.1.10")).hasSize(3);
    reflectors.get(0).step(new OverlayEvent.Shutdown("gone"));
    net.settle();
    assertThat(clients.get(0).table()).isEqualTo(clients.get(1).table());
    assertThat(clients.get(1).table()).isEqualTo(clients.get(2).table());
    assertThat(clients.get(0).table().get("10.32.1.10")).hasSize(3);
    clients.get(2).originate(SHOP, Signal.DOWN, 0);
    net.settle();
    assertThat(clients.get(0).table().get("10.32.1.10")).hasSize(2);
    assertThat(clients.get(1).table().get("10.32.1.10")).hasSize(2);
  }

  @Test
  void routesOfPeersThatAreNoClientsGoToClientsOnly() {
    Node rr = add("rr", "10.32.0.1", true);
    Node client = add("cli", "10.32.0.2", false);
    Node one = add("one", "10.32.0.3", false);
    Node two = add("two", "10.32.0.4", false);
    one.originate(SHOP, Signal.UP, 0);
    client(rr, client);
    net.join(rr, one, Relation.MESH, Relation.REFLECTOR);
    net.join(rr, two, Relation.MESH, Relation.REFLECTOR);
    net.settle();
    assertThat(paths(client, SHOP)).hasSize(1);
    assertThat(paths(two, SHOP)).isEmpty();
    assertThat(paths(two, client.identity)).hasSize(1);
  }

  @Test
  void hostRoutesOfAnIpv6BlockAreReflectedJustTheSame() {
    Block block = Block.parse("fd00:32::/112");
    HostAddress service = block.host(300);
    net.services.add(service);
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(
          net.add(
              new OverlaySettings(
                  new NodeName("v" + i),
                  block.host(1 + i),
                  new Asn(OverlayNet.ASN),
                  i == 0 ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
                  OverlayLimits.usual(),
                  NodeCosts.equal(),
                  directory())));
    }
    nodes.get(1).originate(service, Signal.COLD, 4);
    client(nodes.get(0), nodes.get(1));
    client(nodes.get(0), nodes.get(2));
    net.settle();
    assertThat(nodes.get(2).table())
        .isEqualTo(nodes.get(0).table())
        .containsEntry("fd00:32::12c", List.of("fd00:32::2 COLD tier 4"));
    assertThat(nodes.get(2).overlay.refused()).isEmpty();
  }

  @Test
  void aReaderThatLetsWithdrawalsPileUpIsCutOffAndMayComeBack() {
    OverlayLimits few =
        new OverlayLimits(
            new OverlayLimits.HoldTimes(9, 9),
            new OverlayLimits.PathLimits(100, 100),
            10,
            10,
            3,
            100,
            100);
    Node rr =
        net.add(
            new OverlaySettings(
                new NodeName("rr"),
                OverlayNet.host("10.32.0.1"),
                new Asn(OverlayNet.ASN),
                OverlaySettings.Reflection.REFLECTOR,
                few,
                NodeCosts.equal(),
                directory()));
    Node fra = add("fra", "10.32.0.2", false);
    Node nyc = add("nyc", "10.32.0.3", false);
    for (int i = 0; i < 4; i++) {
      net.entitled(OverlayNet.host("10.32.1." + i));
    }
    client(rr, fra);
    long slow = client(rr, nyc);
    net.settle();
    rr.step(new OverlayEvent.LinkFull(nyc.identity, slow));
    for (int i = 0; i < 4; i++) {
      assertThat(rr.seen(OverlayEffect.PeerDown.class)).isEmpty();
      fra.originate(OverlayNet.host("10.32.1." + i), Signal.UP, 0);
      net.settle();
      fra.originate(OverlayNet.host("10.32.1." + i), Signal.DOWN, 0);
      net.settle();
    }
    assertThat(rr.seen(OverlayEffect.PeerDown.class))
        .extracting(down -> down.peer().name().value(), down -> down.reason().subcode())
        .containsExactly(tuple("nyc", 8));
    assertThat(rr.seen(OverlayEffect.Note.class))
        .anySatisfy(
            note -> {
              assertThat(note.peer()).contains(nyc.name);
              assertThat(note.text()).startsWith("it reads too slowly");
            });
    net.run(5_000_000_000L);
    client(rr, nyc);
    net.settle();
    assertThat(paths(nyc, fra.identity)).hasSize(1);
  }
}
