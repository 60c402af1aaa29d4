package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Which addresses are one source. */
class SourceNetworkTest {
  private static long of(String literal) {
    return SourceNetwork.of(InetAddress.ofLiteral(literal));
  }

  @Test
  void anIpv4AddressIsItsOwnSource() {
    assertThat(of("192.0.2.1")).isEqualTo(0xc0000201L).isNotEqualTo(of("192.0.2.2"));
  }

  @Test
  void allAddressesOfAnIpv6NetworkAreOneSource() {
    assertThat(of("2001:db8:0:1::1")).isEqualTo(of("2001:db8:0:1:ffff::2"));
    assertThat(of("2001:db8:0:1::1")).isNotEqualTo(of("2001:db8:0:2::1"));
  }

  @Test
  void whoComesThroughNat64IsTheSourceThatItsIpv4AddressIs() {
    assertThat(of("64:ff9b::192.0.2.1")).isEqualTo(of("192.0.2.1"));
    assertThat(of("64:ff9b::192.0.2.1")).isNotEqualTo(of("64:ff9b::192.0.2.2"));
    assertThat(of("64:ff9b::1:0:0")).isEqualTo(of("64:ff9b::2:0:0"));
  }
}
