package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Octets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sets of attributes that a peer repeats are read once, and their routes share one object. */
class AttributeCacheTest {
  private final AttributeCache cache = new AttributeCache(ErrorRungTest.INTERNAL);

  /** Attributes with one community, all in all 28 bytes. */
  private static byte[] set(int community) {
    return Octets.join(Bytes.GOOD, Octets.octets(0xC0, 8, 4), Octets.u32(community));
  }

  private ParsedAttributes get(byte[] bytes) {
    return cache.get(bytes, bytes.length);
  }

  private List<ParsedAttributes> getAll(int count) {
    List<ParsedAttributes> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ParsedAttributes parsed = get(set(i));
      assertThat(parsed.attributes().orElseThrow().communities().standard()).containsExactly(i);
      all.add(parsed);
    }
    return all;
  }

  private static int same(List<ParsedAttributes> one, List<ParsedAttributes> other) {
    int same = 0;
    for (int i = 0; i < one.size(); i++) {
      same += one.get(i) == other.get(i) ? 1 : 0;
    }
    return same;
  }

  @Test
  void aSetIsFoundAgainBehindAnother() {
    ParsedAttributes first = get(set(1));
    assertThat(get(set(2))).isNotSameAs(first);
    assertThat(get(set(1))).isSameAs(first);
  }

  @Test
  void aSetOf256BytesIsKeptAndALongerOneIsNot() {
    byte[] kept = longSet(256);
    ParsedAttributes first = get(kept);
    get(set(1));
    assertThat(get(kept)).isSameAs(first);
    byte[] longer = longSet(257);
    first = get(longer);
    get(set(1));
    assertThat(get(longer)).isNotSameAs(first);
  }

  private static byte[] longSet(int bytes) {
    int left = bytes - Bytes.GOOD.length - 3;
    return Octets.join(Bytes.GOOD, Octets.octets(0x80, 40, left), new byte[left]);
  }

  @Test
  void theSetsOfALargeReflectorAreKept() {
    // Of 512 sets in 1024 slots about three fifths have a slot to themselves.
    getAll(512);
    for (int i = 0; i < 8; i++) {
      getAll(512);
    }
    List<ParsedAttributes> before = getAll(512);
    assertThat(same(before, getAll(512))).isGreaterThan(250);
  }

  @Test
  void moreSlotsDoNotForgetWhatIsThere() {
    List<ParsedAttributes> before = getAll(16);
    ParsedAttributes last = get(set(16));
    assertThat(same(before, getAll(16))).isGreaterThan(2);
    assertThat(get(set(16))).isSameAs(last);
  }
}
