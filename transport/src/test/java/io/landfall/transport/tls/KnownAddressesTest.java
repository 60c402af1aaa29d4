package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Addresses of nodes are remembered, within bounds that keep made-up ones apart. */
class KnownAddressesTest {
  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("198.51." + (number >> 8) + "." + (number & 0xff));
  }

  @Test
  void dialledAddressesPushOutNoProvedOne() {
    KnownAddresses known = new KnownAddresses();
    known.proved(address(60_000));
    for (int i = 0; i < 10_000; i++) {
      known.dialled(address(i));
    }
    assertThat(known.contains(address(60_000))).isTrue();
    assertThat(known.contains(address(9_999))).isTrue();
    assertThat(known.contains(address(9_999 - KnownAddresses.MAX_DIALLED))).isFalse();
  }

  @Test
  void theAddressProvedLongestAgoGoesFirst() {
    KnownAddresses known = new KnownAddresses();
    for (int i = 0; i < KnownAddresses.MAX_PROVED; i++) {
      known.proved(address(i));
    }
    known.proved(address(0));
    known.proved(address(50_000));
    assertThat(known.contains(address(0))).isTrue();
    assertThat(known.contains(address(1))).isFalse();
  }
}
