package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ForwardingPlanTest {
  private static final int USUAL_PORT = 8443;
  private static final HostAddress RR1 = TestPeers.host(11);
  private static final HostAddress RR2 = TestPeers.host(12);
  private static final PeerIdentity NYC = peer("a");
  private final ForwardingPlan plan = new ForwardingPlan();

  private static PeerIdentity peer(String digit) {
    return new PeerIdentity(
        new NodeName("nyc"),
        TestPeers.host(2),
        new TreeSet<>(),
        digit.repeat(64),
        List.of(),
        0,
        "1");
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private List<InetSocketAddress> places(Integer... knownPorts) {
    return plan.targets(List.of(knownPorts), USUAL_PORT).stream()
        .map(ForwardingPlan.Target::address)
        .toList();
  }

  @Test
  void aSessionThatThisNodeDialledIsFollowedToWhereItWasDialledAndNowhereElse() {
    plan.sessionUp(NYC, at("203.0.113.2", 7000), Direction.OUTGOING);
    plan.advertised(at("203.0.113.99", 9000));
    assertThat(plan.targets(List.of(9001), USUAL_PORT))
        .containsExactly(
            new ForwardingPlan.Target(at("203.0.113.2", 7000), Optional.of(NYC.fingerprint())));
  }

  @Test
  void aSessionThatCameInIsFollowedToItsOwnAddressAtThePortItAdvertised() {
    plan.sessionUp(NYC, at("203.0.113.2", 51_234), Direction.INCOMING);
    assertThat(plan.isGuess(List.of())).isTrue();
    assertThat(places()).containsExactly(at("203.0.113.2", USUAL_PORT));
    assertThat(places(7000)).containsExactly(at("203.0.113.2", 7000));

    plan.advertised(at("203.0.113.2", 9000));
    assertThat(plan.isGuess(List.of())).isFalse();
    assertThat(places(7000)).containsExactly(at("203.0.113.2", 9000), at("203.0.113.2", 7000));
  }

  @Test
  void behindAnAddressTranslationTheAdvertisedPlaceIsTriedLast() {
    plan.sessionUp(NYC, at("198.51.100.1", 51_234), Direction.INCOMING);
    plan.advertised(at("203.0.113.2", 9000));
    assertThat(places()).containsExactly(at("198.51.100.1", 9000), at("203.0.113.2", 9000));
  }

  @Test
  void whatASessionToldIsForgottenWithIt() {
    plan.sessionUp(NYC, at("203.0.113.2", 51_234), Direction.INCOMING);
    plan.advertised(at("203.0.113.2", 9000));
    plan.sessionLost();
    assertThat(plan.isEmpty()).isTrue();
    assertThat(places()).isEmpty();

    PeerIdentity other = peer("b");
    plan.sessionUp(other, at("203.0.113.3", 50_000), Direction.INCOMING);
    assertThat(plan.targets(List.of(), USUAL_PORT))
        .containsExactly(
            new ForwardingPlan.Target(
                at("203.0.113.3", USUAL_PORT), Optional.of(other.fingerprint())));
  }

  @Test
  void aNodeCannotMakeItsSessionsPlaceMoreThanOneHoweverManyItAdvertises() {
    plan.sessionUp(NYC, at("203.0.113.2", 51_234), Direction.INCOMING);
    for (int port = 1; port <= 1_100; port++) {
      plan.advertised(at("203.0.113.2", port));
    }
    assertThat(places()).containsExactly(at("203.0.113.2", 1_100));
  }

  @Test
  void anEndpointOfASessionThatIsNotThereIsNotKept() {
    plan.advertised(at("203.0.113.2", 9000));
    plan.sessionUp(NYC, at("203.0.113.2", 51_234), Direction.INCOMING);
    assertThat(plan.isGuess(List.of())).isTrue();
  }

  @Test
  void ofTwoReflectedEndpointsTheOneThatWasProvedStaysWhileARouteTellsIt() {
    plan.claimed(RR1, at("203.0.113.2", 9000));
    plan.claimed(RR2, at("203.0.113.66", 9000));
    assertThat(places()).containsExactly(at("203.0.113.2", 9000), at("203.0.113.66", 9000));

    plan.proved(at("203.0.113.2", 9000));
    assertThat(places()).containsExactly(at("203.0.113.2", 9000));
    assertThat(plan.rivalsOf(at("203.0.113.2", 9000))).containsExactly(at("203.0.113.66", 9000));

    plan.routesIn(Set.of(RR1, RR2));
    plan.routesIn(Set.of(RR2));
    assertThat(places()).containsExactly(at("203.0.113.66", 9000));
    plan.routesIn(Set.of());
    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void aReflectorsWordIsForgottenWithItsSession() {
    plan.claimed(RR1, at("203.0.113.2", 9000));
    plan.proved(at("203.0.113.2", 9000));
    assertThat(plan.reporterLost(RR2)).isFalse();
    assertThat(plan.reporterLost(RR1)).isTrue();
    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void aRouteThatIsNotAcceptedYetIsNotTakenForOneThatWentAway() {
    plan.claimed(RR1, at("203.0.113.2", 9000));
    plan.routesIn(Set.of());
    assertThat(plan.isEmpty()).isFalse();
  }

  @Test
  void whileThereIsASessionReflectorsDoNotDecideWhereRequestsGo() {
    plan.claimed(RR1, at("203.0.113.66", 9000));
    plan.sessionUp(NYC, at("203.0.113.2", 7000), Direction.OUTGOING);
    assertThat(places()).containsExactly(at("203.0.113.2", 7000));
    plan.sessionLost();
    assertThat(places()).containsExactly(at("203.0.113.66", 9000));
  }

  @Test
  void theReflectorsThatAreListenedToAreBounded() {
    for (int i = 1; i <= 2 * ForwardingPlan.MAX_CLAIMS; i++) {
      plan.claimed(TestPeers.host(i), at("203.0.113." + i, 9000));
    }
    assertThat(places()).hasSize(ForwardingPlan.MAX_CLAIMS);
  }

  @Test
  void movesAreFollowedAtOnceButNotWithoutEnd() {
    MovePacer pacer = new MovePacer();
    long now = Long.MAX_VALUE - 10;
    for (int i = 0; i < MovePacer.MAX_MOVES; i++) {
      assertThat(pacer.waitNanos(now)).isZero();
    }
    for (int i = 0; i < 1_100; i++) {
      assertThat(pacer.waitNanos(now + 1_000)).isEqualTo(4_000_000_000L - 1_000);
    }
    assertThat(pacer.waitNanos(now + 4_000_000_000L)).isZero();
  }
}
