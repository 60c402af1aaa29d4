package io.landfall.cache;

import static io.landfall.cache.Exchanges.NOW;
import static io.landfall.cache.Exchanges.date;
import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Range, If-Range and Content-Range (RFC 9110 sections 13.1.5 and 14). */
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
  void contentRangeIsRead() {
    assertThat(ContentRange.of("bytes 4-9/10")).contains(new ContentRange(4, 9, 10));
    assertThat(new ContentRange(4, 9, 10).text()).isEqualTo("bytes 4-9/10");
    assertThat(new ContentRange(4, 9, 10).bytes()).isEqualTo(6);
    for (String bad :
        List.of("bytes */10", "bytes 4-9/*", "bytes 9-4/10", "4-9/10", "", "bytes -/")) {
      assertThat(ContentRange.of(bad)).as(bad).isEmpty();
    }
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
