package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What of a peer is refused now, as a looking glass shows it, and what was refused by attribute.
 */
class RefusedRoutesTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress FOREIGN = OverlayNet.host("10.32.1.77");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private Node fra;
  private Node nyc;
  private long link;

  @BeforeEach
  void twoSites() {
    fra = net.add("fra", "10.32.0.1");
    nyc = net.add("nyc", "10.32.0.2");
    link = net.join(fra, nyc);
    net.settle();
  }

  private List<String> refusedNow() {
    return fra.overlay.refused().stream()
        .flatMap(peer -> peer.routes().stream())
        .map(route -> route.prefix() + " " + route.rule())
        .toList();
  }

  private void nycSays(HostAddress host, Signal signal) {
    nyc.originate(host, signal, 0);
    net.settle();
  }

  @Test
  void aRefusedRouteIsRememberedWithItsAttributesUntilItIsWithdrawn() {
    nycSays(FOREIGN, Signal.UP);
    assertThat(refusedNow()).containsExactly("10.32.1.77/32 not-entitled");
    RefusedRoute route = fra.overlay.refused().getFirst().routes().getFirst();
    assertThat(route.attributes().orElseThrow().nextHop()).contains(nyc.identity.inetAddress());
    nycSays(FOREIGN, Signal.DOWN);
    assertThat(refusedNow()).isEmpty();
    assertThat(fra.overlay.refused().getFirst().rules())
        .containsExactly(new RefusedView.RuleCount("not-entitled", 1));
  }

  @Test
  void itIsForgottenWhenItIsAcceptedAfterAll() {
    nycSays(FOREIGN, Signal.UP);
    net.renew(fra, nyc, SHOP, FOREIGN);
    net.settle();
    assertThat(fra.overlay.route(FOREIGN)).isPresent();
    assertThat(refusedNow()).isEmpty();
  }

  @Test
  void itGoesWithTheSession() {
    nycSays(FOREIGN, Signal.UP);
    net.cut(link);
    assertThat(refusedNow()).isEmpty();
  }

  @Test
  void aFloodPushesItsOwnOldestOut() {
    RefusedRoutes routes = new RefusedRoutes(3);
    for (int i = 0; i < 10; i++) {
      routes.add("192.0.2." + i + "/32", "outside-block", i);
    }
    routes.add("192.0.2.8/32", "outside-block", 20);
    assertThat(routes.list())
        .extracting(RefusedRoute::prefix)
        .containsExactly("192.0.2.7/32", "192.0.2.9/32", "192.0.2.8/32");
    routes.clear();
    assertThat(routes.size()).isZero();
  }

  @Test
  void subjectsAreCountedByRuleAndAreBounded() {
    Refusals refusals = new Refusals(4);
    for (int i = 0; i < 1_000; i++) {
      refusals.countSubject("unwanted-attribute", "AIGP (26)");
      refusals.countSubject("family-not-negotiated", "AFI " + i + " SAFI 128");
    }
    assertThat(refusals.subjects())
        .hasSizeLessThanOrEqualTo(130)
        .contains(new RefusedView.SubjectCount("unwanted-attribute", "AIGP (26)", 1_000));
    assertThat(refusals.subjects().stream().mapToLong(RefusedView.SubjectCount::count).sum())
        .isEqualTo(2_000);
  }
}
