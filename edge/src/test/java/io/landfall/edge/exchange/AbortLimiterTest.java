package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Which clients break off too many forwarded requests, and for how long. */
class AbortLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private final AbortLimiter aborters = new AbortLimiter();

  private static InetSocketAddress client(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private void breakOff(String address, int times, long nowNanos) {
    for (int i = 0; i < times; i++) {
      aborters.add(client(address, i & 0xffff), nowNanos);
    }
  }

  @Test
  void whoClosesTabsIsNotNoticed() {
    for (int second = 0; second < 100; second++) {
      breakOff("192.0.2.1", AbortLimiter.PER_SECOND, second * SECOND);
      assertThat(aborters.isOver(client("192.0.2.1", 1), second * SECOND)).isFalse();
    }
    breakOff("192.0.2.2", AbortLimiter.BURST, 0);
    assertThat(aborters.isOver(client("192.0.2.2", 1), 0)).isFalse();
  }

  @Test
  void whoGoesOnIsOverAndNobodyElseIs() {
    breakOff("192.0.2.1", AbortLimiter.BURST + 1, 0);
    assertThat(aborters.isOver(client("192.0.2.1", 9), 0)).isTrue();
    assertThat(aborters.isOver(client("192.0.2.2", 9), 0)).isFalse();
    assertThat(aborters.isOver(client("192.0.2.1", 9), SECOND)).isFalse();
  }

  @Test
  void whatWasUnderWayShutsNobodyOutForLong() {
    breakOff("192.0.2.1", 20 * AbortLimiter.BURST, 0);
    long bound = AbortLimiter.MOST_OVER_MILLIS * SECOND / 1_000;
    assertThat(aborters.isOver(client("192.0.2.1", 9), bound - 1)).isTrue();
    assertThat(aborters.isOver(client("192.0.2.1", 9), bound)).isFalse();
  }

  @Test
  void aHostIsOneClientWhateverAddressOfItsNetworkItTakes() {
    for (int i = 0; i <= AbortLimiter.BURST; i++) {
      aborters.add(client("2001:db8:0:1::" + Integer.toHexString(i + 1), 1), 0);
    }
    assertThat(aborters.isOver(client("2001:db8:0:1::ffff", 1), 0)).isTrue();
    assertThat(aborters.isOver(client("2001:db8:0:2::1", 1), 0)).isFalse();
  }

  @Test
  void clientsBehindNat64AreToldApartByTheirIpv4Addresses() {
    breakOff("64:ff9b::192.0.2.1", AbortLimiter.BURST + 1, 0);
    assertThat(aborters.isOver(client("64:ff9b::192.0.2.1", 9), 0)).isTrue();
    assertThat(aborters.isOver(client("64:ff9b::192.0.2.2", 9), 0)).isFalse();
  }

  @Test
  void whatIsKeptInMindIsBounded() {
    for (int i = 0; i < 3 * AbortLimiter.MAX_ADDRESSES; i++) {
      breakOff("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255), 1, i);
    }
    assertThat(aborters.size()).isEqualTo(AbortLimiter.MAX_ADDRESSES);
  }
}
