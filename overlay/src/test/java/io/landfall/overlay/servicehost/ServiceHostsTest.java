package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.Family;
import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service host may say, and that everything else is refused with its session still up. */
class ServiceHostsTest {
  private static final HostAddress SHOP = HostWire.BLOCK.parseHost("10.32.1.10");
  private static final HostAddress API = HostWire.BLOCK.parseHost("10.32.1.11");
  private static final HostAddress OTHERS = HostWire.BLOCK.parseHost("10.32.1.12");

  private static HostWire ebgp() {
    return new HostWire(65_010, SHOP, API);
  }

  private static HostWire ibgp() {
    return new HostWire(HostWire.OVERLAY_AS, SHOP, API);
  }

  @Test
  void aHostHearsAnEndOfRibAndNothingElse() {
    HostWire web7 = ebgp().establish();
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(web7.updatesHeard()).isEqualTo(1).isEqualTo(web7.endOfRibsHeard());

    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.12/32", 100);
    web7.withdraw("10.32.1.10/32");
    web7.refresh();

    assertThat(web7.updatesHeard()).as("still the one End-of-RIB").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConfiguredHostRouteIsAWordAndItsWithdrawalEndsIt(boolean internal) {
    HostWire web7 = (internal ? ibgp() : ebgp()).establish();
    web7.announce("10.32.1.10/32", 100);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 UP tier 0");
    web7.withdraw("10.32.1.10/32");
    assertThat(web7.facts()).containsExactly("silent 10.32.1.10 it withdrew the route");
    web7.withdraw("10.32.1.10/32");
    assertThat(web7.facts()).isEmpty();
  }

  @Test
  void theSameWordTwiceIsToldOnceAndAChangedMedIsToldAgain() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.10/32", 100);
    assertThat(web7.facts()).hasSize(1);
    web7.announce("10.32.1.10/32", 300);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 UP tier 2");
    web7.announce("10.32.1.10/32", 1000);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 DOWN tier 0");
  }

  @Test
  void gracefulShutdownDrains() {
    HostWire web7 = ebgp().establish();
    web7.send(
        HostWire.update(
            "10.32.1.10/32",
            HostWire.asPath(65_010),
            HostWire.nextHop("203.0.113.99"),
            HostWire.attribute(0xc0, 8, 0xff, 0xff, 0, 0)));
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 DRAINING tier 0");
  }

  @Test
  void whatIsNotConfiguredForThisHostIsRefusedByRuleAndTheRestStands() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    web7.announce("0.0.0.0/0", 100);
    web7.announce("10.32.0.0/23", 100);
    web7.announce("10.32.1.0/24", 100);
    web7.announce("192.0.2.1/32", 100);
    web7.announce("10.32.1.12/32", 100);
    web7.announce("10.32.0.1/32", 100);

    assertThat(web7.facts()).isEmpty();
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(web7.advertised()).containsOnlyKeys(SHOP).doesNotContainKey(OTHERS);
    assertThat(web7.refused())
        .isEqualTo(
            new TreeMap<>(
                Map.of(
                    "default-route",
                    1L,
                    "not-host-length",
                    2L,
                    "outside-block",
                    1L,
                    "not-configured-for-this-host",
                    2L)));
  }

  @Test
  void anotherHostsServiceIsRefusedEvenInOneMessageWithOwnOnes() {
    HostWire web7 = ebgp().establish();
    web7.send(
        HostWire.update(
            "10.32.1.10/32 10.32.1.12/32 10.32.1.11/32",
            HostWire.asPath(65_010),
            HostWire.nextHop("10.0.0.7")));
    assertThat(web7.facts())
        .containsExactly("advertised 10.32.1.10 UP tier 0", "advertised 10.32.1.11 UP tier 0");
    assertThat(web7.refused()).isEqualTo(Map.of("not-configured-for-this-host", 1L));
  }

  @Test
  void anyNextHopIsTakenAndForgotten() {
    HostWire web7 = ebgp().establish();
    for (String nextHop : List.of("203.0.113.99", "10.32.0.1", "10.0.0.1")) {
      web7.send(
          HostWire.update("10.32.1.10/32", HostWire.asPath(65_010), HostWire.nextHop(nextHop)));
    }
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 UP tier 0");
    assertThat(web7.refused()).isEmpty();
  }

  @Test
  void aPathThatTheHostPassesOnIsNotItsOwnWord() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    web7.send(
        HostWire.update(
            "10.32.1.10/32", HostWire.asPath(65_010, 64_999), HostWire.nextHop("10.0.0.7")));
    assertThat(web7.facts())
        .as("a refused route replaces what was advertised (RFC 4271 section 3.1)")
        .containsExactly("silent 10.32.1.10 its route was refused: as-path-not-the-hosts-own");
    web7.send(
        HostWire.update(
            "10.32.1.10/32", HostWire.asPath(65_010, 65_010), HostWire.nextHop("10.0.0.7")));
    assertThat(web7.facts()).as("prepends").containsExactly("advertised 10.32.1.10 UP tier 0");
  }

  @Test
  void aReflectedPathIsNotTheHostsOwnWord() {
    HostWire web7 = ibgp().establish();
    web7.send(
        HostWire.update(
            "10.32.1.10/32",
            HostWire.asPath(),
            HostWire.nextHop("10.0.0.7"),
            HostWire.attribute(0x80, 9, 10, 0, 0, 9)));
    web7.send(
        HostWire.update("10.32.1.11/32", HostWire.asPath(64_999), HostWire.nextHop("10.0.0.7")));
    assertThat(web7.facts()).isEmpty();
    assertThat(web7.refused())
        .isEqualTo(Map.of("reflected-path", 1L, "as-path-not-the-hosts-own", 1L));
  }

  @Test
  void aMalformedRouteIsAWithdrawalAndTheSessionStays() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    // MED of three bytes: treat-as-withdraw (RFC 7606 section 7.4).
    web7.send(
        HostWire.update(
            "10.32.1.10/32",
            HostWire.asPath(65_010),
            HostWire.nextHop("10.0.0.7"),
            HostWire.attribute(0x80, 4, 0, 0, 1)));
    assertThat(web7.facts()).containsExactly("silent 10.32.1.10 it withdrew the route");
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void aLostStreamVoidsEveryWordAtOnce() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.announce("10.32.1.11/32", 100);
    web7.facts();
    web7.closed("reset by peer");
    assertThat(web7.facts())
        .containsExactly(
            "silent 10.32.1.10 its session is gone, ended by the host: reset by peer",
            "silent 10.32.1.11 its session is gone, ended by the host: reset by peer");
    assertThat(web7.advertised()).isEmpty();

    web7.establish();
    assertThat(web7.facts()).as("nothing is remembered").isEmpty();
    web7.announce("10.32.1.10/32", 100);
    assertThat(web7.facts()).containsExactly("advertised 10.32.1.10 UP tier 0");
  }

  @Test
  void silenceForTheHoldTimeVoidsEveryWord() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    web7.passSeconds(8);
    assertThat(web7.facts()).isEmpty();
    web7.passSeconds(2);
    assertThat(web7.facts()).singleElement().asString().contains("NOTIFICATION 4/0");
    assertThat(web7.state()).isNotEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void aSecondConnectionOfAnEstablishedHostIsRefusedAndTheFirstStays() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    long first = web7.connection();
    web7.connectAgain();
    assertThat(web7.closedConnections()).containsExactly(first + 1);
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(web7.facts()).isEmpty();
  }

  @Test
  void anotherAsNumberThanTheConfiguredOneIsNotTaken() {
    HostWire web7 = ebgp();
    web7.open(65_011, 7);
    assertThat(web7.notification()).isEqualTo("2/2");
    assertThat(web7.state()).isNotEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void anyIdentifierIsTakenButZeroAndOursInsideTheAs() {
    assertThat(ebgp().establish(0x0a200001).state())
        .as("eBGP: even one like ours (RFC 6286)")
        .isEqualTo(SessionState.ESTABLISHED);
    HostWire zero = ebgp();
    zero.open(65_010, 0);
    assertThat(zero.notification()).isEqualTo("2/3");
    HostWire ours = ibgp();
    ours.open(HostWire.OVERLAY_AS, HostWire.LOCAL_ID);
    assertThat(ours.notification()).isEqualTo("2/3");
  }

  @Test
  void aFullTableEndsTheSessionAndNoOther() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    for (int i = 0; i < 300 && web7.state() == SessionState.ESTABLISHED; i++) {
      StringBuilder many = new StringBuilder();
      for (int j = 0; j < 256; j++) {
        many.append("20.")
            .append(i & 0xff)
            .append('.')
            .append(j)
            .append(".0/")
            .append(i < 256 ? "24" : "25")
            .append(' ');
      }
      web7.send(
          HostWire.update(
              many.toString().strip(), HostWire.asPath(65_010), HostWire.nextHop("10.0.0.7")));
    }
    assertThat(web7.notification()).as("Cease, maximum number of prefixes").isEqualTo("6/1");
    assertThat(web7.facts()).singleElement().asString().startsWith("silent 10.32.1.10");
  }

  /** RFC 9687: twice the hold time of 9 s, though the peer's KEEPALIVEs are not read meanwhile. */
  @Test
  void aHostThatReadsNothingIsCutAfterTwiceTheHoldTimeAndNotBefore() {
    HostWire web7 = ebgp().establish();
    web7.step(new ServiceHostEvent.WriteBlocked("web7", web7.connection()));
    web7.passSeconds(17);
    assertThat(web7.state()).isEqualTo(SessionState.ESTABLISHED);
    web7.passSeconds(1);
    assertThat(web7.state()).isNotEqualTo(SessionState.ESTABLISHED);
    assertThat(web7.detail().view().session().lastDown().orElseThrow().code()).isEqualTo(8);
  }

  @Test
  void shutdownSaysWhyAndVoidsEveryWord() {
    HostWire web7 = ebgp().establish();
    web7.announce("10.32.1.10/32", 100);
    web7.facts();
    web7.step(new ServiceHostEvent.Shutdown("node fra stops"));
    assertThat(web7.notification()).isEqualTo("6/2");
    assertThat(web7.facts()).hasSize(1);
  }

  @Test
  void aHostWithoutServicesIsHeardWithNothing() {
    HostWire web7 = new HostWire(65_010).establish();
    web7.announce("10.32.1.10/32", 100);
    assertThat(web7.facts()).isEmpty();
    assertThat(web7.refused()).isEqualTo(Map.of("not-configured-for-this-host", 1L));
  }

  /** The canary of the fifth layer: whoever tried to announce to a host would break the build. */
  @Test
  void canaryNoPrefixLeavesOnAServiceSession() {
    ServicePrefixCodec codec = new ServicePrefixCodec(HostWire.BLOCK, List.of(SHOP));
    assertThatThrownBy(() -> codec.address(SHOP)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.family(SHOP)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.lengthBits(SHOP)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.writeAt(SHOP, new byte[4], 0))
        .isInstanceOf(InvariantBroken.class);
    assertThat(codec.read(Family.IPV4_UNICAST, 32, SHOP.bytes()))
        .isInstanceOf(io.landfall.bgp.PrefixCodec.Verdict.Accepted.class);
  }
}
