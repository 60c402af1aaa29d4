package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddressesProperty {
  @Test
  void whatIsWrittenReadsBackAsTheSameBytes() {
    Seeded.always(
        seeded -> {
          byte[] address = seeded.address(seeded.flip());
          if (isIpv4Mapped(address)) {
            return;
          }
          assertThat(Addresses.parseLiteral(Addresses.format(address)))
              .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(address));
        });
  }

  @Test
  void theJdkReadsWhatIsWrittenAsTheSameAddress() {
    Seeded.always(
        seeded -> {
          byte[] address = seeded.address(seeded.flip());
          try {
            assertThat(InetAddress.ofLiteral(Addresses.format(address)))
                .isEqualTo(InetAddress.getByAddress(address));
          } catch (UnknownHostException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void textIsCanonicalSoEqualTextMeansEqualBytes() {
    Seeded.always(
        seeded -> {
          byte[] one = seeded.address(false);
          byte[] other = one.clone();
          other[seeded.below(16)] ^= (byte) (1 << seeded.below(8));
          assertThat(Addresses.format(one)).isNotEqualTo(Addresses.format(other));
          assertThat(Addresses.format(one)).doesNotContain(":::").isLowerCase();
        });
  }

  @Test
  void noiseNeverThrowsAndWhatIsReadHasFourOrSixteenBytes() {
    String alphabet = "0123456789abcdefABCDEF::::....gz/%[ -";
    Seeded.always(
        seeded -> {
          StringBuilder text = new StringBuilder();
          int length = seeded.below(24);
          for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(seeded.below(alphabet.length())));
          }
          Addresses.parseLiteral(text.toString())
              .ifPresent(bytes -> assertThat(bytes.length).isIn(4, 16));
        });
  }

  private static boolean isIpv4Mapped(byte[] address) {
    return address.length == 16
        && Arrays.equals(address, 0, 10, new byte[10], 0, 10)
        && address[10] == -1
        && address[11] == -1;
  }
}
