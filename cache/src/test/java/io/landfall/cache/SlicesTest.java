package io.landfall.cache;

import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How parts of a body are asked for by slices, and which of them are joined (section 3.4). */
class SlicesTest {
  private final Slices slices = new Slices(100);

  private static boolean answers(String... lines) {
    CacheRequest request = get(lines);
    return Slices.mayAnswer(request, RequestDirectives.of(request.fields()));
  }

  private long first(String range, long length) {
    return slices.first(get("Range: " + range), length);
  }

  @Test
  void aGetOfBytesIsAnsweredBySlicesUnlessOnlyTheOriginCanJudgeIt() {
    assertThat(answers("Range: bytes=0-5")).isTrue();
    assertThat(answers("Range: bytes=-5", "If-Range: \"a\"", "If-None-Match: \"b\"")).isTrue();
    assertThat(answers()).isFalse();
    assertThat(answers("Range: lines=0-5")).isFalse();
    assertThat(answers("Range: bytes=5-0")).isFalse();
    assertThat(answers("Range: bytes=0-5", "Range: bytes=7-9")).isFalse();
    for (String other :
        new String[] {
          "Authorization: x", "If-Match: *", "If-Unmodified-Since: x", "Cache-Control: no-cache"
        }) {
      assertThat(answers("Range: bytes=0-5", other)).as(other).isFalse();
    }
    CacheRequest head = request("HEAD", "Range: bytes=0-5");
    assertThat(Slices.mayAnswer(head, RequestDirectives.NONE)).isFalse();
  }

  @Test
  void theFirstSliceIsWhereTheFirstRangeBegins() {
    assertThat(first("bytes=99-", Slices.UNKNOWN)).isZero();
    assertThat(first("bytes=100-", Slices.UNKNOWN)).isEqualTo(1);
    assertThat(first("bytes=250-260, 0-1", Slices.UNKNOWN)).isEqualTo(2);
    assertThat(first("bytes=-5", Slices.UNKNOWN)).as("the length is not known").isZero();
    assertThat(first("bytes=-5", 1000)).isEqualTo(9);
    assertThat(first("bytes=5000-", 1000)).as("nothing of it").isZero();
    assertThat(slices.request(2)).isEqualTo("bytes=200-299");
  }

  private boolean isSlice(long number, String contentRange, long bytes) {
    return slices.part(number, Lines.of("Content-Range: " + contentRange), bytes) != null;
  }

  @Test
  void aSliceIsThePartThatWasAskedForAndNoOther() {
    assertThat(isSlice(2, "bytes 200-299/1000", 100)).isTrue();
    assertThat(isSlice(2, "bytes 200-249/250", 50)).as("the last one").isTrue();
    assertThat(isSlice(2, "bytes 200-298/1000", 99)).as("too short").isFalse();
    assertThat(isSlice(2, "bytes 200-300/1000", 101)).as("too long").isFalse();
    assertThat(isSlice(2, "bytes 201-299/1000", 99)).as("of another place").isFalse();
    assertThat(isSlice(1, "bytes 200-299/1000", 100)).as("of another slice").isFalse();
    assertThat(isSlice(2, "bytes 200-299/1000", 99)).as("another body").isFalse();
    assertThat(isSlice(2, "bytes 200-299/1000", -1)).as("no length").isFalse();
    assertThat(isSlice(2, "bytes 200-299/*", 100)).as("of no known whole").isFalse();
    Lines several =
        Lines.of("Content-Range: bytes 200-299/1000", "Content-Type: multipart/byteranges");
    assertThat(slices.part(2, several, 100)).isNull();
  }

  private static Optional<BodyVersion> version(String... lines) {
    String[] all = Arrays.copyOf(lines, lines.length + 1);
    all[lines.length] = "Cache-Control: max-age=9";
    return BodyVersion.of(stored(all).validators(), Lines.of(all), 1000);
  }

  @Test
  void slicesOfOneStrongTagCodingAndLengthAreJoined() {
    BodyVersion one = version("ETag: \"a\"").orElseThrow();
    assertThat(version("ETag: \"a\"")).contains(one);
    assertThat(version("ETag: \"b\"").orElseThrow()).isNotEqualTo(one);
    assertThat(version("ETag: \"a\"", "Content-Encoding: gzip").orElseThrow()).isNotEqualTo(one);
    assertThat(new BodyVersion(one.etag(), "", 999)).isNotEqualTo(one);
    assertThat(version("ETag: W/\"a\"")).isEmpty();
    assertThat(version()).isEmpty();
    assertThat(version("ETag: \"" + "x".repeat(BodyVersion.MOST_TEXT_LENGTH) + "\"")).isEmpty();
  }

  @Test
  void aWholeIsOfAVersionIfItHasItsTagItsCodingAndItsLengthIfItGivesOne() {
    BodyVersion one = version("ETag: \"a\"").orElseThrow();
    Validators same = stored("Cache-Control: max-age=9", "ETag: \"a\"").validators();
    Validators weak = stored("Cache-Control: max-age=9", "ETag: W/\"a\"").validators();
    assertThat(one.isOf(same, Lines.of(), 1000)).isTrue();
    assertThat(one.isOf(same, Lines.of(), Slices.UNKNOWN)).isTrue();
    assertThat(one.isOf(same, Lines.of(), 999)).isFalse();
    assertThat(one.isOf(same, Lines.of("Content-Encoding: br"), 1000)).isFalse();
    assertThat(one.isOf(weak, Lines.of("Content-Encoding: br"), 200)).isTrue();
    Validators other = stored("Cache-Control: max-age=9", "ETag: W/\"b\"").validators();
    assertThat(one.isOf(other, Lines.of(), 1000)).isFalse();
    assertThat(one.isOf(stored("Cache-Control: max-age=9").validators(), Lines.of(), 1000))
        .isFalse();
  }

  @Test
  void onlyOneRangeWithAFirstByteMayBeUnsatisfiable() {
    assertThat(Slices.isOfOneRange(get("Range: bytes=500-"))).isTrue();
    assertThat(Slices.isOfOneRange(get("Range: bytes= 500-600"))).isTrue();
    for (String other : new String[] {"-5", " -5", "500-,0-1", "500-,"}) {
      assertThat(Slices.isOfOneRange(get("Range: bytes=" + other))).as(other).isFalse();
    }
    assertThat(Slices.isOfOneRange(get())).isFalse();
  }
}
