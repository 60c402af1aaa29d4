package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Costs change while sessions are up: best paths follow, and nothing is sent for it in a mesh. */
class ChangedCostsTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private final Map<HostAddress, Integer> costs = new HashMap<>();
  private final Node fra = member("fra", "10.32.0.1");
  private final Node nyc = member("nyc", "10.32.0.2");
  private final Node sin = member("sin", "10.32.0.3");

  private Node member(String name, String identity) {
    return net.add(
        new OverlaySettings(
            new NodeName(name),
            OverlayNet.host(identity),
            new Asn(OverlayNet.ASN),
            OverlaySettings.Reflection.NONE,
            OverlayLimits.usual(),
            node -> costs.getOrDefault(node, 100),
            NodeDirectory.empty()));
  }

  private void bothServe() {
    nyc.originate(SHOP, Signal.UP, 0);
    sin.originate(SHOP, Signal.UP, 0);
    net.join(fra, nyc);
    net.join(fra, sin);
    net.settle();
  }

  private HostAddress best() {
    return fra.overlay.route(SHOP).orElseThrow().paths().getFirst().nextHop();
  }

  @Test
  void theCheaperNodeIsPreferredFromThenOn() {
    bothServe();
    assertThat(best()).isEqualTo(nyc.identity);

    costs.put(nyc.identity, 200);
    assertThat(best()).as("nothing changes before it is told").isEqualTo(nyc.identity);
    fra.step(new OverlayEvent.CostsChanged());

    assertThat(best()).isEqualTo(sin.identity);
    assertThat(fra.seen(OverlayEffect.RoutesChanged.class).getLast())
        .satisfies(change -> assertThat(change.cause()).isEqualTo(OverlayEffect.Cause.COST))
        .satisfies(change -> assertThat(change.offsets()).contains(SHOP.offset()));
  }

  @Test
  void costsThatAreTheSameChangeNothing() {
    bothServe();
    int before = fra.seen(OverlayEffect.RoutesChanged.class).size();
    fra.step(new OverlayEvent.CostsChanged());

    assertThat(fra.seen(OverlayEffect.RoutesChanged.class)).hasSize(before);
  }

  private static Source source(int node) {
    return Source.session(
        new PeerInfo(
            new NodeName("n" + node),
            OverlayNet.BLOCK.host(node),
            new TreeSet<>(),
            PeerInfo.Relation.RELAY),
        1_000);
  }

  @Test
  void anOrderThatAHostKeepsIsMadeAnew() {
    Host host = new Host(SHOP);
    AttributeSets sets =
        new AttributeSets(new Asn(OverlayNet.ASN), node -> costs.getOrDefault(node, 0));
    UsableNextHops all = new UsableNextHops(500);
    for (int node = 1; node <= Host.KEPT_ORDER; node++) {
      costs.put(OverlayNet.BLOCK.host(node), node);
      Source source = source(node);
      AttributeSet set =
          sets.intern(source, FedOverlay.attributes(0), OverlayNet.BLOCK.host(node), node);
      Path path = new Path(host, source, node, node, set);
      path.live = true;
      host.link(path);
    }
    assertThat(host.inOrder(all).iterator().next().attributes.nextHop.offset()).isEqualTo(1);

    costs.put(OverlayNet.BLOCK.host(1), 1_000);
    assertThat(sets.otherCosts()).containsExactly(1);
    host.forgetOrder();
    sets.recost();

    assertThat(host.inOrder(all).iterator().next().attributes.nextHop.offset()).isEqualTo(2);
    assertThat(sets.otherCosts()).isEmpty();
  }
}
