package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * What is noted of a session with a service host, what is counted, and how a refresh is answered.
 */
class ServiceHostNotesTest {
  private static final int HOST_AS = 65_010;

  private final HostWire web7 = new HostWire(HOST_AS, HostWire.BLOCK.parseHost("10.32.1.10"));

  @Test
  void aSessionThatComesAndGoesIsNotedWithWhoEndedIt() {
    web7.establish();
    assertThat(web7.notes()).containsExactly("service session up");
    web7.cease(2, "until noon".getBytes(StandardCharsets.UTF_8));
    assertThat(web7.notes())
        .containsExactly(
            "warning: service session down, ended by the host: NOTIFICATION 6/2"
                + " Cease/Administrative Shutdown: until noon");
  }

  @Test
  void theFirstRefusalByARuleIsNotedAndAllAreCounted() {
    web7.establish();
    web7.notes();
    web7.announce("10.32.1.12/32", 100);
    web7.announce("10.32.1.13/32", 100);
    assertThat(web7.notes())
        .containsExactly("warning: refused 10.32.1.12/32 by rule not-configured-for-this-host");
    web7.send(
        HostWire.update(
            "10.32.1.10/32", HostWire.asPath(HOST_AS, 64_999), HostWire.nextHop("10.0.0.7")));
    assertThat(web7.notes())
        .containsExactly("warning: refused 10.32.1.10 by rule as-path-not-the-hosts-own");
    assertThat(web7.counters().refused()).isEqualTo(3);
    assertThat(web7.counters().announced()).isZero();
    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.10/32", 200);
    assertThat(web7.counters().announced()).isEqualTo(2);
  }

  @Test
  void anAttemptThatFailsIsNotedOnceForEachReason() {
    for (int i = 0; i < 2; i++) {
      web7.open(64_999, 9);
      web7.passSeconds(600);
    }
    assertThat(web7.notes()).singleElement().asString().startsWith("no service session yet: ");
  }

  /** RFC 4271 section 6.8: the other connection is still there. */
  @Test
  void aSecondConnectionThatEndsBesideOneThatWaitsForAnOpenIsNoFailure() {
    web7.connectAgain();
    web7.connectAgain();
    web7.closed("cut");
    assertThat(web7.notes()).isEmpty();
  }

  /** RFC 7313 section 4: between the markers comes all there is, which is nothing. */
  @Test
  void aRefreshIsAnsweredByTheTwoMarkers() {
    web7.withEnhancedRouteRefresh().establish();
    web7.refresh();
    assertThat(web7.refreshesReceived()).containsExactly(1, 2);
    web7.refresh(1);
    web7.refresh(2);
    assertThat(web7.refreshesReceived()).as("a marker asks for nothing").containsExactly(1, 2);
    assertThat(web7.updatesHeard()).as("the End-of-RIB").isEqualTo(1);
  }
}
