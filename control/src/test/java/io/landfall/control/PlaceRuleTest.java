package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which places that a peer names are tried. */
class PlaceRuleTest {
  private static final String INTERNET = "198.51.100.1";

  private static Optional<PlaceRule> rule(String place, int port, String from) {
    return rule(place, port, from, TestPeers.host(1));
  }

  private static Optional<PlaceRule> rule(String place, int port, String from, HostAddress own) {
    ControlConfig config =
        new ControlConfig(
            own,
            new TreeMap<>(),
            node -> PeerInfo.Relation.MESH,
            443,
            new ControlConfig.Discovery(true, List.of(at("203.0.113.1", 8443))));
    return PlaceRule.brokenBy(at(place, port), InetAddress.ofLiteral(from), config);
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"203.0.113.2", "2001:db8::2", "100.63.255.255", "100.128.0.0", "172.15.0.1"})
  void aHostOfTheInternetIsTriedWhoeverNamesIt(String address) {
    assertThat(rule(address, 8443, INTERNET)).isEmpty();
    assertThat(rule(address, 8443, "2001:db8::9")).isEmpty();
    assertThat(rule(address, 8443, "10.0.0.1")).isEmpty();
    assertThat(rule(address, 8443, "127.0.0.1")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1.2.3",
        "0.0.0.0",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "169.254.169.254",
        "::",
        "ff02::1",
        "fe80::1"
      })
  void whatIsNoHostIsNotTried(String address) {
    assertThat(rule(address, 8443, "127.0.0.1")).contains(PlaceRule.NOT_A_HOST);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.2, 127.0.0.1, true",
    "::1, 127.0.0.1, true",
    "127.0.0.2, 10.0.0.1, false",
    "127.0.0.2, 198.51.100.1, false",
    "::1, 198.51.100.1, false",
    "10.1.2.3, 192.168.0.1, true",
    "10.1.2.3, 127.0.0.1, true",
    "10.1.2.3, 198.51.100.1, false",
    "172.16.0.1, 198.51.100.1, false",
    "172.31.255.255, 198.51.100.1, false",
    "192.168.0.1, 2001:db8::1, false",
    "100.64.0.1, 198.51.100.1, false",
    "100.127.255.255, 198.51.100.1, false",
    "fd00::1, 198.51.100.1, false",
    "fc00::1, 198.51.100.1, false",
    "fec0::1, 198.51.100.1, false",
    "fd00::1, fd00::2, true",
    "::ffff:127.0.0.1, 198.51.100.1, false"
  })
  void anAddressOfANarrowerScopeThanItsPeersIsNotTried(String address, String from, boolean good) {
    assertThat(rule(address, 8443, from))
        .isEqualTo(good ? Optional.empty() : Optional.of(PlaceRule.NARROWER));
  }

  @ParameterizedTest
  @CsvSource({
    "1, false",
    "22, false",
    "80, false",
    "442, false",
    "443, true",
    "1023, false",
    "1024, true",
    "65535, true"
  })
  void ofThePortsOfTheSystemOnlyTheOneThatIsServedHereIsTried(int port, boolean good) {
    assertThat(rule("203.0.113.2", port, INTERNET))
        .isEqualTo(good ? Optional.empty() : Optional.of(PlaceRule.PORT));
  }

  @Test
  void anAddressOfTheBlockIsNotTried() {
    assertThat(rule("10.32.0.1", 8443, "10.0.0.1")).contains(PlaceRule.IN_BLOCK);
    assertThat(rule("10.32.1.255", 8443, "10.0.0.1")).contains(PlaceRule.IN_BLOCK);
    assertThat(rule("10.32.2.0", 8443, "10.0.0.1")).isEmpty();
    HostAddress own = Block.parse("fd00:32::/112").host(1);
    assertThat(rule("fd00:32::7", 8443, "fd00::1", own)).contains(PlaceRule.IN_BLOCK);
  }

  @Test
  void thisNodesOwnPlaceIsNotTriedButAnotherPortThereIs() {
    assertThat(rule("203.0.113.1", 8443, INTERNET)).contains(PlaceRule.OWN);
    assertThat(rule("203.0.113.1", 8444, INTERNET)).isEmpty();
  }
}
