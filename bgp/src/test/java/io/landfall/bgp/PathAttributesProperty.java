package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of attributes: total, and zero for equals alone, since maps go by it. */
class PathAttributesProperty {
  private static PathAttributes any(Random random) {
    List<LargeCommunity> large = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      large.add(new LargeCommunity(random.nextInt(2), random.nextInt(2), random.nextInt(2)));
    }
    return new PathAttributes(
        random.nextBoolean() ? Origin.IGP : Origin.INCOMPLETE,
        numbers(random).stream().map(Asn::new).toList(),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(InetAddress.ofLiteral("10.32.0." + random.nextInt(2))),
        maybe(random),
        maybe(random),
        new PathAttributes.Reflection(
            random.nextBoolean() ? Optional.empty() : Optional.of(-random.nextInt(2)),
            numbers(random)),
        new PathAttributes.Communities(numbers(random), large),
        maybe(random));
  }

  private static List<Integer> numbers(Random random) {
    return IntStream.range(0, random.nextInt(2)).mapToObj(i -> random.nextInt(2)).toList();
  }

  private static OptionalLong maybe(Random random) {
    return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(2));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theOrderIsTotalAndConsistentWithEquals(long seed) {
    Random random = new Random(seed);
    List<PathAttributes> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(any(random));
    }
    for (PathAttributes a : all) {
      for (PathAttributes b : all) {
        assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
      }
    }
    Collections.sort(all);
    for (int i = 0; i < all.size(); i++) {
      for (int k = i; k < all.size(); k++) {
        assertThat(all.get(i).compareTo(all.get(k))).isLessThanOrEqualTo(0);
      }
    }
  }
}
