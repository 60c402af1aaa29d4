package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every reader of text takes any text: it answers, does not throw, and keeps its bounds. Texts are
 * made of what the grammars are made of, whole and cut, so that they get far into the readers.
 */
class ParsersFuzz {
  private static final int ROUNDS = 50_000;

  private static final List<String> WORDS =
      List.of(
          "max-age",
          "s-maxage",
          "no-cache",
          "private",
          "=",
          "=",
          ",",
          ", ",
          ";",
          "\"",
          "\"",
          "\\",
          " ",
          "\t",
          "5",
          "99999999999999999999",
          "-",
          "-1",
          ".5",
          "(",
          ")",
          "?1",
          ":",
          "@",
          "%",
          "*",
          "W/",
          "\"a\"",
          "bytes=",
          "0-5",
          "-5",
          "5-",
          "/",
          "bytes 0-4/10",
          "gzip",
          "q=0.5",
          ";q=0",
          "en",
          "de",
          "Sun, 06 Nov 1994 08:49:37 GMT",
          "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994",
          "GMT",
          "\u00e4",
          "\u0001",
          "a",
          "A",
          "?",
          "&",
          "&b=1",
          "#",
          "https://h/",
          "//",
          "..");

  private final Random random = new Random(9110);

  @Test
  void noTextBreaksAReader() {
    long answers = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = text();
      answers += readAll(text);
    }
    assertThat(answers).as("some texts mean something").isGreaterThan(ROUNDS / 10);
  }

  /** Reads a text as everything; how many of them it was. */
  private int readAll(String text) {
    int answers = 0;
    Lines fields = new Lines();
    for (String name :
        List.of(
            "cache-control",
            "cdn-cache-control",
            "pragma",
            "age",
            "date",
            "expires",
            "etag",
            "last-modified",
            "vary",
            "content-range",
            "surrogate-key",
            "cache-tag",
            "cache-groups",
            "if-none-match",
            "if-modified-since",
            "range",
            "if-range",
            "accept-encoding",
            "accept-language",
            "cookie",
            "connection",
            "content-encoding",
            "content-language",
            "location",
            "content-location",
            "cache-group-invalidation")) {
      if (random.nextInt(3) == 0) {
        fields.add(name, random.nextInt(4) == 0 ? text() : text);
      }
    }
    ResponseDirectives control = ResponseDirectives.of(fields);
    assertThat(control.noCacheFields()).hasSizeLessThanOrEqualTo(32);
    assertThat(control.maxAgeSeconds()).isBetween(-1L, 1L << 31);
    RequestDirectives demands = RequestDirectives.of(fields);
    assertThat(demands.minFreshSeconds()).isBetween(-1L, 1L << 31);
    answers += StructuredFields.dictionary(text).isEmpty() ? 0 : 1;
    answers += HttpDates.millis(text, Exchanges.NOW) == HttpDates.INVALID ? 0 : 1;
    answers += ContentRange.of(text).isPresent() ? 1 : 0;
    answers += checked(ByteRanges.of(text, 1 + random.nextInt(10)));
    assertThat(QueryRules.WHOLE.apply(text)).isSameAs(text);
    String sorted = new QueryRules(QueryRules.Mode.ALL, List.of(), true).apply("/?" + text);
    assertThat(sorted).hasSizeLessThanOrEqualTo(text.length() + 2);
    slices(fields);
    answers += exchange(fields, text);
    return answers;
  }

  private void slices(Lines fields) {
    Slices slices = new Slices(1 + random.nextInt(8));
    CacheRequest request = new CacheRequest("GET", "/a", fields, false);
    long length = random.nextInt(4) == 0 ? Slices.UNKNOWN : random.nextInt(20);
    if (Slices.mayAnswer(request, RequestDirectives.NONE)) {
      assertThat(slices.first(request, length)).isNotNegative();
    }
    long number = random.nextInt(3);
    ContentRange part = slices.part(number, fields, random.nextInt(8));
    if (part != null) {
      assertThat(part.first()).isEqualTo(slices.start(number));
      assertThat(part.bytes()).isLessThanOrEqualTo(slices.bytes());
    }
  }

  private int exchange(Lines fields, String text) {
    CacheRequest request = new CacheRequest("GET", "/a", fields, false);
    CacheResponse response = new CacheResponse(200, fields, 5);
    StoreDecision decision =
        StoreRule.decide(request, response, Exchanges.TIMES, CachePolicy.DEFAULT);
    Invalidation.targets("https", "h", new CacheRequest("POST", "/a", fields, false), response);
    CacheTags.invalidatedGroups("POST", fields);
    LookupRule.hasCookie(fields, List.of("a", text));
    if (!(decision instanceof StoreDecision.Store(StoredMeta meta))) {
      return 0;
    }
    assertThat(meta.tags()).hasSizeLessThanOrEqualTo(CacheTags.MOST_TAGS);
    assertThat(meta.freshness().initialAgeMillis()).isNotNegative();
    assertThat(meta.freshness().lifetimeMillis()).isBetween(0L, (1L << 31) * 1000);
    assertThat(meta.vary().matches(fields, meta.vary().secondaryKey(fields))).isTrue();
    Variants<String> variants = Variants.none(4);
    variants = variants.with(meta, fields, fields, text);
    assertThat(variants.select(fields)).isZero();
    Preconditions.evaluate(request, meta, Exchanges.NOW);
    RangeAnswer.decide(request, meta, 10, Exchanges.NOW);
    Lines merged = new Lines();
    StoredFields.write(fields, meta, merged);
    StoredFields.freshen(merged, fields, new Lines());
    assertThat(Freshening.ofNotModified(meta.validators(), fields, Exchanges.NOW)).isNotNull();
    return 1;
  }

  private static int checked(RangeAnswer answer) {
    if (answer instanceof RangeAnswer.Parts(List<ByteRange> ranges, long length)) {
      assertThat(ranges).isNotEmpty().hasSizeLessThanOrEqualTo(ByteRanges.MOST_RANGES);
      assertThat(ranges)
          .allMatch(each -> each.first() >= 0 && each.bytes() > 0 && each.last() < length);
      return 1;
    }
    return 0;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i >= 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
    }
    int cut = random.nextInt(4) == 0 ? random.nextInt(text.length() + 1) : text.length();
    return text.substring(0, cut);
  }
}
