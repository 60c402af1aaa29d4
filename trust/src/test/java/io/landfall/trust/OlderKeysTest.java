package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PKCS#8 form (RFC 5958 section 2) of keys in their older forms. */
class OlderKeysTest {
  private static String envelope(String label, byte[] der) {
    return OlderKeys.pkcs8(label, der).map(HexFormat.of()::formatHex).orElse("none");
  }

  /** X.690 section 10.1: the shortest form. */
  @ParameterizedTest
  @CsvSource({
    "127, 308193020100300d06092a864886f70d0101010500047f",
    "128, 308195020100300d06092a864886f70d0101010500048180",
    "255, 30820114020100300d06092a864886f70d01010105000481ff",
    "256, 30820116020100300d06092a864886f70d010101050004820100"
  })
  void everyLengthHasItsShortestForm(int bytes, String start) {
    byte[] key = new byte[bytes];
    Arrays.fill(key, (byte) 7);
    assertThat(envelope("RSA PRIVATE KEY", key)).isEqualTo(start + "07".repeat(bytes));
  }

  /** RFC 5915 section 3, with the curve P-256. */
  @Test
  void anEcKeyHasItsCurveInTheEnvelope() {
    byte[] key =
        HexFormat.of().parseHex("3011" + "020101" + "0402aabb" + "a008" + "06062a0304050607");
    assertThat(envelope("EC PRIVATE KEY", key))
        .isEqualTo(
            "3021020100"
                + "3011"
                + "06072a8648ce3d0201"
                + "06062a0304050607"
                + "0409"
                + "3007"
                + "020101"
                + "0402aabb");
  }

  /** Another outer tag, two outer values, no curve, no number. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "3111" + "020101" + "0402aabb" + "a008" + "06062a0304050607",
        "3011" + "020101" + "0402aabb" + "a008" + "06062a0304050607" + "0500",
        "3007" + "020101" + "0402aabb",
        "3003" + "020101",
        "300d" + "020101" + "a008" + "06062a0304050607",
        ""
      })
  void whatIsNoEcKeyIsRefused(String hex) {
    assertThat(envelope("EC PRIVATE KEY", HexFormat.of().parseHex(hex))).isEqualTo("none");
  }
}
