package io.landfall.cache;

import static io.landfall.cache.Exchanges.NOW;
import static io.landfall.cache.Exchanges.date;
import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Range, If-Range and parts (RFC 9110 section 14, RFC 9111 sections 3.3 and 3.4). */
class RangesTest {
  private static final StoredMeta STORED =
      stored("Cache-Control: max-age=9", "ETag: \"a\"", "Last-Modified: " + date(-100));

  @Test
  void oneRangeIsOnePart() {
    assertThat(parts("bytes=0-1")).containsExactly(range(0, 1));
    assertThat(parts("bytes=1-")).containsExactly(range(1, 10));
    assertThat(parts("bytes=-1")).containsExactly(range(10, 10));
    assertThat(parts("bytes=-99")).containsExactly(range(0, 10));
    assertThat(parts("bytes=5-99")).containsExactly(range(5, 10));
    assertThat(parts("BYTES=0-" + "9".repeat(100))).containsExactly(range(0, 10));
  }

  @Test
  void severalRangesStayInTheirOrderUnlessTheyOverlap() {
    assertThat(parts("bytes=8-9, 0-1")).containsExactly(range(8, 9), range(0, 1));
    assertThat(parts("bytes=8-9,0-3,2-5, 6-6")).containsExactly(range(0, 6), range(8, 9));
    assertThat(parts("bytes=0-0,20-30")).containsExactly(range(0, 0));
    assertThat(parts("bytes=0-,0-,0-,0-,0-,0-")).containsExactly(range(0, 10));
  }

  @Test
  void whatIsNotThereIs416() {
    for (String none : List.of("bytes=11-", "bytes=11-20, 99-", "bytes=-0")) {
      assertThat(answer(none)).isEqualTo(new RangeAnswer.Unsatisfiable(11));
    }
    assertThat(decide(get("Range: bytes=0-"), 0)).isEqualTo(new RangeAnswer.Unsatisfiable(0));
    assertThat(ContentRange.unsatisfied(11)).isEqualTo("bytes */11");
  }

  @Test
  void aRangeThatIsMalformedOrOfAnotherUnitIsIgnored() {
    for (String bad :
        List.of(
            "bytes=5-4",
            "bytes=a-",
            "bytes=-",
            "bytes=",
            "bytes=,",
            "items=0-1",
            "0-1",
            "bytes",
            "bytes=0-1,x",
            "bytes=+1-2",
            "bytes=1",
            "bytes=0 - 1",
            "bytes 0-1/11")) {
      assertThat(answer(bad)).as(bad).isInstanceOf(RangeAnswer.Whole.class);
    }
    assertThat(answer("bytes=" + "0-0,".repeat(ByteRanges.MOST_RANGES) + "1-1"))
        .isInstanceOf(RangeAnswer.Whole.class);
    assertThat(decide(get("Range: bytes=0-1", "Range: bytes=2-3"), 11))
        .isInstanceOf(RangeAnswer.Whole.class);
    assertThat(decide(request("HEAD", "Range: bytes=0-1"), 11))
        .isInstanceOf(RangeAnswer.Whole.class);
  }

  @Test
  void ifRangeTakesAStrongValidatorThatIsTheSame() {
    assertThat(isPart("\"a\"")).isTrue();
    assertThat(isPart(date(-100))).isTrue();
    for (String other : List.of("\"b\"", "W/\"a\"", date(-99), date(-101), "x", "")) {
      assertThat(isPart(other)).as(other).isFalse();
    }
    StoredMeta young = stored("Cache-Control: max-age=9", "Last-Modified: " + date(-59));
    assertThat(
            RangeAnswer.decide(get("Range: bytes=0-1", "If-Range: " + date(-59)), young, 11, NOW))
        .isInstanceOf(RangeAnswer.Whole.class);
  }

  @Test
  void aMissingPartIsAskedForWithAStrongValidator() {
    assertThat(STORED.validators().ifRange()).isEqualTo("\"a\"");
    assertThat(stored("Cache-Control: max-age=9", "ETag: W/\"a\"").validators().ifRange())
        .isEmpty();
    assertThat(
            stored("Cache-Control: max-age=9", "Last-Modified: " + date(-99))
                .validators()
                .ifRange())
        .isEqualTo(date(-99));
    assertThat(range(5, 9).request(10)).isEqualTo("bytes=5-");
    assertThat(range(5, 8).request(10)).isEqualTo("bytes=5-8");
    assertThat(range(5, 8).aligned(4, 10)).isEqualTo(range(4, 9));
  }

  @Test
  void contentRangeIsRead() {
    assertThat(ContentRange.of("bytes 4-9/10")).contains(new ContentRange(4, 9, 10));
    assertThat(new ContentRange(4, 9, 10).text()).isEqualTo("bytes 4-9/10");
    assertThat(new ContentRange(4, 9, 10).bytes()).isEqualTo(6);
    for (String bad :
        List.of("bytes */10", "bytes 4-9/*", "bytes 9-4/10", "4-9/10", "", "bytes -/")) {
      assertThat(ContentRange.of(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void partsAreJoinedOnlyUnderOneStrongTagAndLength() {
    PartSet parts = PartSet.none(10).with(range(0, 4)).orElseThrow();
    Validators same = STORED.validators();
    assertThat(parts.mayJoin(same, same, new ContentRange(5, 9, 10))).isTrue();
    assertThat(parts.mayJoin(same, same, new ContentRange(5, 9, 11))).isFalse();
    Validators other = stored("Cache-Control: max-age=9", "ETag: \"b\"").validators();
    assertThat(parts.mayJoin(same, other, new ContentRange(5, 9, 10))).isFalse();
    Validators weak = stored("Cache-Control: max-age=9", "ETag: W/\"a\"").validators();
    assertThat(parts.mayJoin(weak, weak, new ContentRange(5, 9, 10))).isFalse();
  }

  @Test
  void storedPartsAreWhatWasPutIn() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      int length = 1 + random.nextInt(40);
      PartSet parts = PartSet.none(length);
      BitSet bytes = new BitSet();
      for (int i = 0; i < 8; i++) {
        ByteRange added = any(random, length);
        parts = parts.with(added).orElseThrow();
        bytes.set((int) added.first(), (int) added.last() + 1);
        assertThat(parts.bytes()).isEqualTo(bytes.cardinality());
        assertThat(parts.isWhole()).isEqualTo(bytes.cardinality() == length);
        ByteRange asked = any(random, length);
        int first = bytes.nextClearBit((int) asked.first());
        int last = bytes.previousClearBit((int) asked.last());
        boolean has = first > asked.last();
        assertThat(parts.has(asked)).isEqualTo(has);
        assertThat(parts.missing(asked))
            .isEqualTo(has ? Optional.empty() : Optional.of(range(first, last)));
      }
    }
  }

  @Test
  void thePartsOfOneBodyAreBounded() {
    PartSet parts = PartSet.none(100_000);
    for (int i = 0; i < PartSet.MOST_PARTS; i++) {
      parts = parts.with(range(i * 10L, i * 10L + 1)).orElseThrow();
    }
    assertThat(parts.with(range(99_990, 99_991))).isEmpty();
    assertThat(parts.with(range(0, 9))).as("it joins two").isPresent();
    assertThat(parts.with(range(0, 100_000))).isEmpty();
    assertThat(parts.with(range(5, 4))).isEmpty();
    assertThat(PartSet.none(0).isWhole()).isTrue();
  }

  private static ByteRange any(Random random, int length) {
    int first = random.nextInt(length);
    return range(first, first + random.nextInt(length - first));
  }

  private static ByteRange range(long first, long last) {
    return new ByteRange(first, last);
  }

  private static RangeAnswer answer(String value) {
    return decide(get("Range: " + value), 11);
  }

  private static RangeAnswer decide(CacheRequest request, long length) {
    return RangeAnswer.decide(request, STORED, length, NOW);
  }

  private static List<ByteRange> parts(String value) {
    return ((RangeAnswer.Parts) answer(value)).ranges();
  }

  private static boolean isPart(String ifRange) {
    RangeAnswer answer = decide(get("Range: bytes=0-1", "If-Range: " + ifRange), 11);
    return answer instanceof RangeAnswer.Parts;
  }
}
