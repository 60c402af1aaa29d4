package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ingress.upstreams[].next-hop}, and which prefixes go to which router. */
class NextHopReaderTest {
  private static final String FOUR = "[198.51.100.0/24]";
  private static final String BOTH = "[198.51.100.0/24, \"2001:db8:1::/48\"]";
  private static final String ROUTER = "local-asn: 64496, password-file: up1.key}";
  private static final String ROUTER_OF_SIX =
      "\n    - {address: \"2001:db8::1\", asn: 64500, local-asn: 64496}";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String good(String prefixes, String router) {
    return ConfigFolder.GOOD.replace(FOUR, prefixes).replace(ROUTER, router);
  }

  @Test
  void prefixesAndRoutersOfBothFamiliesAreGoodTogether() {
    IngressConfig dual = folder.valid(good(BOTH, ROUTER + ROUTER_OF_SIX)).ingress().orElseThrow();
    assertThat(dual.prefixes()).hasSize(2);
    assertThat(dual.upstreams()).hasSize(2).allMatch(each -> each.nextHops().isEmpty());
  }

  @Test
  void aNextHopLetsOneSessionCarryTheOtherFamilyToo() {
    String router = "local-asn: 64496, next-hop: [\"2001:db8::2\"]}";
    assertThat(
            folder
                .valid(good(BOTH, router))
                .ingress()
                .orElseThrow()
                .upstreams()
                .getFirst()
                .nextHops())
        .containsExactly(InetAddress.ofLiteral("2001:db8::2"));
  }

  @Test
  void aPrefixWithoutANextHopAnywhereAndARouterWithoutAPrefixAreProblemsOfTheConfig() {
    assertThat(folder.problems(good(BOTH, ROUTER)))
        .singleElement()
        .asString()
        .contains("ingress.prefixes: 2001:db8:1::/48 has a next hop at no upstream");
    assertThat(folder.problems(good(FOUR, ROUTER + ROUTER_OF_SIX)))
        .singleElement()
        .asString()
        .contains("ingress.upstreams: ")
        .contains("would be announced nothing");
  }

  @Test
  void aNextHopIsTheAddressOfAHostAndNotTheRoutersOwn() {
    for (String no :
        List.of("0.0.0.0", "224.0.0.5", "255.255.255.255", "::", "ff02::1", "fe80::1")) {
      assertThat(folder.problems(good(FOUR, "local-asn: 64496, next-hop: [\"" + no + "\"]}")))
          .singleElement()
          .asString()
          .contains("ingress.upstreams[0].next-hop: ")
          .contains("is no address that a packet can be sent on to");
    }
    String router =
        folder
            .valid(good(FOUR, ROUTER))
            .ingress()
            .orElseThrow()
            .upstreams()
            .getFirst()
            .tcp()
            .address()
            .getHostAddress();
    assertThat(folder.problems(good(FOUR, "local-asn: 64496, next-hop: [\"" + router + "\"]}")))
        .singleElement()
        .asString()
        .contains("is the router's own address");
  }

  @Test
  void twoNextHopsOfOneFamilyAreAProblem() {
    String router = "local-asn: 64496, next-hop: [192.0.2.8, 192.0.2.9]}";
    assertThat(folder.problems(good(FOUR, router)))
        .singleElement()
        .asString()
        .contains("ingress.upstreams[0].next-hop: has two addresses of one family");
  }
}
