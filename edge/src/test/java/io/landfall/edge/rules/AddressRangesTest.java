package io.landfall.edge.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.Rules;
import io.landfall.edge.TrustedProxies.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Prefixes as ranges: the same answers as one by one. */
class AddressRangesTest {
  private static boolean contains(List<Network> prefixes, String address) {
    return new AddressRanges(prefixes).contains(InetAddress.ofLiteral(address));
  }

  @Test
  void anAddressIsInAPrefixOrNot() {
    List<Network> prefixes =
        Rules.networks(
            "192.0.2.0/24", "10.0.0.0/8", "10.1.0.0/16", "192.0.3.7/32", "2001:db8::/32");
    for (String in :
        List.of("192.0.2.0", "192.0.2.255", "10.255.255.255", "192.0.3.7", "2001:db8:ffff::1")) {
      assertThat(contains(prefixes, in)).as(in).isTrue();
    }
    for (String out :
        List.of("192.0.1.255", "192.0.3.0", "11.0.0.0", "9.255.255.255", "::", "2001:db9::")) {
      assertThat(contains(prefixes, out)).as(out).isFalse();
    }
    assertThat(AddressRanges.of(List.of())).isNull();
    assertThat(contains(prefixes, "10.0.0.0")).as("the first of the first range").isTrue();
  }

  @Test
  void thePrefixThatHasAnotherOneCountsInAnyOrder() {
    for (List<Network> prefixes :
        List.of(
            Rules.networks("10.0.0.0/16", "10.0.0.0/8"),
            Rules.networks("10.0.0.0/8", "10.0.0.0/16"))) {
      assertThat(contains(prefixes, "10.255.255.255")).isTrue();
      assertThat(contains(prefixes, "11.0.0.0")).isFalse();
    }
  }

  @Test
  void anAddressIsInPrefixesOfItsFamilyOnly() {
    // The same first bytes: 2001 is 32.1.
    assertThat(contains(Rules.networks("2001::/16"), "32.1.2.3")).isFalse();
    assertThat(contains(Rules.networks("32.0.0.0/8"), "2001::1")).isFalse();
  }

  @Test
  void overlappingPrefixesAreAsGoodAsOneByOne() throws UnknownHostException {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 50; round++) {
      List<Network> prefixes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int length = random.nextInt(16, 33);
        int bits = (random.nextInt(1 << 18) << 12) & (-1 << (32 - length));
        prefixes.add(new Network(ipv4(bits), length));
      }
      AddressRanges ranges = new AddressRanges(prefixes);
      for (int i = 0; i < 500; i++) {
        int bits = random.nextInt(1 << 30);
        boolean expected =
            prefixes.stream()
                .anyMatch(p -> ((bits ^ number(p.address())) & (-1 << (32 - p.length()))) == 0);
        assertThat(ranges.contains(ipv4(bits))).isEqualTo(expected);
      }
    }
  }

  private static int number(InetAddress address) {
    byte[] b = address.getAddress();
    return ((b[0] & 0xff) << 24) | ((b[1] & 0xff) << 16) | ((b[2] & 0xff) << 8) | (b[3] & 0xff);
  }

  private static InetAddress ipv4(int bits) throws UnknownHostException {
    return InetAddress.getByAddress(
        new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
  }
}
