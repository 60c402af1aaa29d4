package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @ValueSource(strings = {"nyc.edge.example:8443", "203.0.113.10:8443", "[2001:db8::1]:8443"})
  void whatIsReadPrintsAlike(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[2001:DB8:0:0:0:0:0:1]:8443", "[2001:db8::0001]:8443"})
  void oneIpv6AddressIsOneEndpointHoweverItIsWritten(String text) {
    assertThat(Endpoint.parse(text)).isEqualTo(Endpoint.parse("[2001:db8::1]:8443"));
    assertThat(new Endpoint("2001:db8:0:0:0:0:0:1", 8443)).isEqualTo(Endpoint.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nyc",
        "nyc:",
        ":8443",
        "nyc:0",
        "nyc:65536",
        "nyc:-1",
        "nyc:+1",
        "2001:db8::1:8443",
        "::1:8443",
        "[2001:db8::1]",
        "a b:1",
        "nyc/x:1",
        "1.2.3:80",
        "010.0.0.1:80",
        "[nyc:x]:1"
      })
  void whatIsNoHostAndPortIsRefused(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nyc:1", "nyc:65535", "0a9z-b_c.example:80"})
  void theEndsOfTheRangesOfPortsAndCharactersAreIn(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
  }

  @Test
  void aHostHasOneTo253Characters() {
    assertThat(new Endpoint("a".repeat(253), 80).host()).hasSize(253);
    for (String host : List.of("", "a".repeat(254))) {
      assertThatThrownBy(() -> new Endpoint(host, 80))
          .hasMessageContaining("neither a host name nor an address");
    }
    assertThatThrownBy(() -> Endpoint.parse(":80")).hasMessageContaining("has no port");
    assertThat(new Endpoint("::0001", 80).host()).isEqualTo("::1");
  }

  @Test
  void endpointsAreOrderedByHostAndThenByPort() {
    List<Endpoint> ordered =
        List.of(new Endpoint("a", 9), new Endpoint("b", 7), new Endpoint("b", 8));
    assertThat(ordered.reversed().stream().sorted()).containsExactlyElementsOf(ordered);
  }
}
