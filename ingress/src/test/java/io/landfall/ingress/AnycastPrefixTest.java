package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec.Verdict;
import io.landfall.core.Block;
import io.landfall.core.InvariantBroken;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The only prefixes of plane one: what has a value, what has none, and what may leave. */
class AnycastPrefixTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  @ParameterizedTest
  @ValueSource(strings = {"198.51.100.0/24", "198.51.100.1/32", "8.0.0.0/8", "2001:db8:1::/48"})
  void readsWhatMayBeAnnounced(String text) {
    assertThat(AnycastPrefix.parse(text, BLOCK)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.1/24, host bits",
    "0.0.0.0/0, default route",
    "::/0, default route",
    "128.0.0.0/1, outside 8..32",
    "198.51.100.0/33, outside 8..32",
    "2000::/3, outside 16..128",
    "10.32.0.0/23, overlaps the overlay block",
    "10.32.1.10/32, overlaps the overlay block",
    "10.0.0.0/8, overlaps the overlay block",
    "127.0.0.0/8, unicast space",
    "224.0.0.0/8, unicast space",
    "169.254.0.0/16, unicast space",
    "fe80::/16, unicast space",
    "198.51.100.0, prefix length",
    "198.51.100.0/x, not a number",
    "www.example/24, address"
  })
  void refusesEverythingElseNamingTheRule(String text, String rule) {
    assertThatThrownBy(() -> AnycastPrefix.parse(text, BLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void theCodecReadsNothing() {
    AnycastPrefix own = AnycastPrefix.parse("198.51.100.0/24", BLOCK);
    AnycastCodec codec = new AnycastCodec(List.of(own));

    assertThat(codec.read(Family.IPV4_UNICAST, 24, own.network()))
        .isEqualTo(new Verdict.Refused<AnycastPrefix>("ingress-imports-nothing"));
    assertThat(codec.read(Family.IPV4_UNICAST, 0, new byte[4]))
        .isEqualTo(new Verdict.Refused<AnycastPrefix>("ingress-imports-nothing"));
  }

  @Test
  void theCodecLetsOutExactlyTheConfiguredPrefixes() {
    AnycastPrefix own = AnycastPrefix.parse("198.51.100.0/24", BLOCK);
    AnycastCodec codec = new AnycastCodec(List.of(own));

    assertThat(codec.address(own)).containsExactly(198, 51, 100, 0);
    for (String other : List.of("198.51.100.0/25", "198.51.0.0/16", "203.0.113.0/24")) {
      AnycastPrefix foreign = AnycastPrefix.parse(other, BLOCK);
      assertThatThrownBy(() -> codec.address(foreign)).isInstanceOf(InvariantBroken.class);
    }
  }

  @Test
  void aPrefixIsEqualToTheSameOneAndToNothingElse() {
    AnycastPrefix prefix = AnycastPrefix.parse("198.51.100.0/24", BLOCK);
    assertThat(prefix)
        .isEqualTo(AnycastPrefix.parse("198.51.100.0/24", BLOCK))
        .hasSameHashCodeAs(AnycastPrefix.parse("198.51.100.0/24", BLOCK))
        .isNotEqualTo(AnycastPrefix.parse("198.51.100.0/25", BLOCK))
        .isNotEqualTo(AnycastPrefix.parse("198.51.101.0/24", BLOCK))
        .isNotEqualTo("198.51.100.0/24");
  }
}
