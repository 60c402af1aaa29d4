package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.cache.RangedOrigin.Kind;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random ranges of a body whose origin changes it, fails, or answers amiss, in a memory that is too
 * small for all: each byte is of the version that the head names, and of the place that it names. A
 * response breaks off only where the origin changed, failed or was wrong.
 */
class SlicesProperty {
  private static final int PATHS = 12;
  private static final int STEPS = 25;
  private static final long MEMORY_BYTES = 1 << 20;

  private static final List<Kind> KINDS = List.of(Kind.values());

  private int changes;
  private int breaks;
  private int parts;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyByteIsOfTheVersionAndThePlaceThatTheHeadNames(long seed) {
    Random random = new Random(seed);
    long length = 1 + random.nextLong(60_000);
    long slice = 500 + random.nextLong(20_000);
    try (RangedOrigin origin = new RangedOrigin(length);
        TestSite fra =
            CachedSite.of("fra", 1, CachePolicy.DEFAULT.withSliceBytes(slice), MEMORY_BYTES)) {
      fra.publish(Signal.UP, backends(origin.backend));
      for (int path = 0; path < PATHS; path++) {
        origin.kind = Kind.RANGES;
        changes = 0;
        for (int step = 0; step < STEPS; step++) {
          disturb(origin, fra, "/" + path, random);
          ask(origin, fra, "/" + path, random);
        }
      }
      assertThat(fra.edge().cache().usedBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
    }
    assertThat(parts).as("parts that were checked").isGreaterThan(PATHS * STEPS / 3);
    assertThat(breaks).as("those that broke off").isLessThan(PATHS * STEPS / 3);
  }

  private void disturb(RangedOrigin origin, TestSite fra, String path, Random random) {
    switch (random.nextInt(24)) {
      case 0 -> {
        int next = origin.version + 1;
        origin.version = next;
        changes++;
      }
      case 1 -> fra.letPass(20_000L + random.nextInt(60_000));
      case 2 -> fra.edge().purge(new Purge.OfUrl("shop.test", path), random.nextBoolean()).join();
      case 3 -> {
        origin.kind = KINDS.get(random.nextInt(KINDS.size()));
        changes++;
      }
      case 4 -> origin.kind = Kind.RANGES;
      default -> {
        // All stays as it is.
      }
    }
  }

  private static String range(long length, Random random) {
    long from = random.nextLong(length + length / 8 + 1);
    return switch (random.nextInt(6)) {
      case 0 -> "-" + (1 + random.nextLong(length));
      case 1 -> from + "-";
      default -> from + "-" + (from + random.nextLong(length));
    };
  }

  private void ask(RangedOrigin origin, TestSite fra, String path, Random random) {
    String range = "Range: bytes=" + range(origin.length, random);
    boolean whole = random.nextInt(12) == 0;
    String other = random.nextInt(8) == 0 ? "If-Range: \"v" + origin.version + "\"" : "Foo: 1";
    RawClient.Answer answer;
    try {
      answer = whole ? CachedSite.ask(fra, path) : CachedSite.ask(fra, path, range, other);
    } catch (RuntimeException e) {
      breaks++;
      assertThat(changes).as(range + " broke off: " + e).isPositive();
      return;
    }
    boolean wrong = answer.field("content-range").isPresent() && isWrong(origin.kind);
    switch (answer.status()) {
      case 200 -> {
        isOfItsVersion(origin, answer, 0, origin.length);
      }
      case 206 -> check(origin, answer, wrong);
      case 416 -> assertThat(answer.field("content-range")).contains("bytes */" + origin.length);
      default -> assertThat(answer.status()).isEqualTo(503);
    }
  }

  /** Whether what the origin itself tells of a part is not so; it may go past to who asked. */
  private static boolean isWrong(Kind kind) {
    return switch (kind) {
      case SHIFTED, LONGER, ENDLESS, MULTIPART, UNTAGGED -> true;
      default -> false;
    };
  }

  private static int version(RawClient.Answer answer) {
    String tag = answer.field("etag").orElse("");
    return tag.isEmpty() ? 0 : Integer.parseInt(tag.replaceAll("[^0-9]", ""));
  }

  private void check(RangedOrigin origin, RawClient.Answer answer, boolean wrong) {
    boolean past = !answer.field("cache-status").orElse("").contains("stored");
    boolean hit = answer.field("cache-status").orElse("").contains("hit");
    if (wrong && past && !hit) {
      return;
    }
    parts++;
    String content = answer.field("content-range").orElseThrow();
    String[] numbers = content.substring("bytes ".length()).split("[-/]");
    long from = Long.parseLong(numbers[0]);
    long to = Long.parseLong(numbers[1]) + 1;
    assertThat(numbers[2]).isEqualTo("" + origin.length);
    isOfItsVersion(origin, answer, from, to);
  }

  /** All of the body is of the version that its tag names; without a tag, of one of them. */
  private static void isOfItsVersion(
      RangedOrigin origin, RawClient.Answer answer, long from, long to) {
    int tagged = version(answer);
    if (tagged != 0) {
      assertThat(answer.body()).isEqualTo(RangedOrigin.text(tagged, from, to));
      return;
    }
    assertThat(IntStream.rangeClosed(1, origin.version))
        .anyMatch(version -> answer.body().equals(RangedOrigin.text(version, from, to)));
  }
}
