package io.landfall.cache;

import static io.landfall.cache.Exchanges.NOW;
import static io.landfall.cache.Exchanges.date;
import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.ok;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.response;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Conditions, sent and answered, and what a 304 or a HEAD changes (RFC 9111 section 4.3). */
class ValidationTest {
  private static final String AGE = "Cache-Control: max-age=9";

  @Test
  void aStoredResponseIsValidatedWithAllItsValidators() {
    Lines conditions = new Lines();
    stored(AGE, "ETag: W/\"a\"", "Last-Modified: " + date(-5))
        .validators()
        .addConditions(conditions);
    assertThat(conditions.get("if-none-match")).isEqualTo("W/\"a\"");
    assertThat(conditions.get("if-modified-since")).isEqualTo(date(-5));
    Lines none = new Lines();
    stored(AGE, "Last-Modified: yesterday").validators().addConditions(none);
    assertThat(none.size()).isZero();
  }

  @Test
  void aMatchingTagIsAnsweredWith304() {
    StoredMeta strong = stored(AGE, "ETag: \"abc\"");
    for (String list :
        List.of("\"abc\"", "W/\"abc\"", "\"1\", \"abc\", \"2\"", "\"1, 2\",\"abc\"", "*")) {
      assertThat(answer(strong, "If-None-Match: " + list)).isEqualTo(Preconditions.NOT_MODIFIED);
    }
    for (String list : List.of("\"ab\"", "abc", "\"abc", "", "\"1, abc\"", "w/\"abc\"")) {
      assertThat(answer(strong, "If-None-Match: " + list)).as(list).isEqualTo(Preconditions.ANSWER);
    }
    assertThat(answer(strong, "If-None-Match: \"1\"", "If-None-Match: \"abc\""))
        .isEqualTo(Preconditions.NOT_MODIFIED);
    StoredMeta weak = stored(AGE, "ETag: W/\"abc\"");
    assertThat(answer(weak, "If-None-Match: \"abc\"")).isEqualTo(Preconditions.NOT_MODIFIED);
  }

  @Test
  void ifNoneMatchHidesIfModifiedSince() {
    StoredMeta meta = stored(AGE, "ETag: \"a\"", "Last-Modified: " + date(-5));
    assertThat(answer(meta, "If-None-Match: \"b\"", "If-Modified-Since: " + date(0)))
        .isEqualTo(Preconditions.ANSWER);
    assertThat(answer(meta, "If-None-Match: \"a\"", "If-Modified-Since: " + date(-99)))
        .isEqualTo(Preconditions.NOT_MODIFIED);
  }

  @Test
  void aDateNotBeforeTheLastModificationIsAnsweredWith304() {
    StoredMeta meta = stored(AGE, "Last-Modified: " + date(-3000));
    assertThat(answer(meta, "If-Modified-Since: " + date(-3000)))
        .isEqualTo(Preconditions.NOT_MODIFIED);
    assertThat(answer(meta, "If-Modified-Since: " + date(-2000)))
        .isEqualTo(Preconditions.NOT_MODIFIED);
    assertThat(answer(meta, "If-Modified-Since: " + date(-3001))).isEqualTo(Preconditions.ANSWER);
    assertThat(answer(meta, "If-Modified-Since: x")).isEqualTo(Preconditions.ANSWER);
    StoredMeta undated = stored(AGE, "Date: " + date(0));
    assertThat(answer(undated, "If-Modified-Since: " + date(0)))
        .isEqualTo(Preconditions.NOT_MODIFIED);
    assertThat(answer(undated, "If-Modified-Since: " + date(-1))).isEqualTo(Preconditions.ANSWER);
  }

  @Test
  void onlySuccessIsConditional() {
    StoredMeta missing = stored(get(), response(404, AGE, "ETag: \"a\""), CachePolicy.DEFAULT);
    assertThat(answer(missing, "If-None-Match: \"a\"")).isEqualTo(Preconditions.ANSWER);
    StoredMeta meta = stored(AGE, "ETag: \"a\"");
    assertThat(Preconditions.evaluate(request("HEAD", "If-None-Match: \"a\""), meta, NOW))
        .isEqualTo(Preconditions.NOT_MODIFIED);
    assertThat(Preconditions.evaluate(request("POST", "If-None-Match: \"a\""), meta, NOW))
        .isEqualTo(Preconditions.ANSWER);
    assertThat(answer(meta, "If-Match: \"b\"")).isEqualTo(Preconditions.ANSWER);
  }

  @Test
  void a304HasNoMetadataOfABody() {
    for (String kept :
        List.of("etag", "date", "vary", "expires", "cache-control", "content-location")) {
      assertThat(StoredFields.isInNotModified(kept)).as(kept).isTrue();
    }
    for (String dropped : List.of("content-length", "content-type", "content-encoding")) {
      assertThat(StoredFields.isInNotModified(dropped)).as(dropped).isFalse();
    }
  }

  @Test
  void a304WithTheSameValidatorsOrNoneFreshens() {
    Validators both = stored(AGE, "ETag: \"a\"", "Last-Modified: " + date(-5)).validators();
    assertThat(on304(both)).isEqualTo(Freshening.FRESHEN);
    assertThat(on304(both, "ETag: \"a\"")).isEqualTo(Freshening.FRESHEN);
    assertThat(on304(both, "Last-Modified: " + date(-5))).isEqualTo(Freshening.FRESHEN);
    assertThat(on304(both, "ETag: \"b\"")).isEqualTo(Freshening.UNRELATED);
    assertThat(on304(both, "Last-Modified: " + date(-4))).isEqualTo(Freshening.UNRELATED);
  }

  @Test
  void a304WithAnotherTagIsBelievedOnlyIfNothingButTheStoredTagWasAsked() {
    Validators tagged = stored(AGE, "ETag: \"a\"").validators();
    assertThat(on304(tagged, "ETag: \"b\"")).isEqualTo(Freshening.FRESHEN);
  }

  @Test
  void freshFieldsReplaceStoredOnesButThoseOfTheBody() {
    Lines stored =
        Lines.of(
            "A: 1",
            "B: 1",
            "B: 2",
            "ETag: \"a\"",
            "Content-Length: 5",
            "Content-Type: text/plain",
            "Cache-Control: max-age=9",
            "Age: 3",
            "Content-Encoding: gzip");
    Lines update =
        Lines.of(
            "B: 3",
            "ETag: \"b\"",
            "Content-Length: 9",
            "Content-Type: text/html",
            "Age: 7",
            "Content-Encoding: br",
            "Connection: x",
            "X: 1",
            "Keep-Alive: y",
            "C: 4");
    Lines merged = new Lines();
    StoredFields.freshen(stored, update, merged);
    assertThat(merged.toString())
        .isEqualTo(
            "a: 1 | etag: \"a\" | content-length: 5 | cache-control: max-age=9"
                + " | content-encoding: gzip | b: 3 | content-type: text/html | age: 7 | c: 4");
  }

  @Test
  void aHeadFreshensWhatItAgreesWithAndOutdatesTheRest() {
    StoredMeta meta = stored(AGE, "ETag: \"a\"", "Last-Modified: " + date(-5));
    assertThat(onHead(meta, ok("ETag: \"a\"", "Content-Length: 5"))).isEqualTo(Freshening.FRESHEN);
    assertThat(onHead(meta, ok())).isEqualTo(Freshening.FRESHEN);
    assertThat(onHead(meta, ok("ETag: \"b\""))).isEqualTo(Freshening.OUTDATED);
    assertThat(onHead(meta, ok("Content-Length: 6"))).isEqualTo(Freshening.OUTDATED);
    assertThat(onHead(meta, ok("Last-Modified: " + date(-4)))).isEqualTo(Freshening.OUTDATED);
    assertThat(onHead(meta, response(410))).isEqualTo(Freshening.UNRELATED);
  }

  @Test
  void fieldsOfOneConnectionAndThoseLeftOutAreNotStored() {
    Lines fields =
        Lines.of(
            "Connection: a, B",
            "A: 1",
            "b: 2",
            "C: 3",
            "Keep-Alive: x",
            "Proxy-Authenticate: x",
            "Proxy-Authentication-Info: x",
            "Proxy-Authorization: x",
            "Proxy-Connection: x",
            "TE: x",
            "Transfer-Encoding: x",
            "Upgrade: x",
            "Trailer: x",
            "Age: 5",
            "D: 4",
            "Cache-Control: max-age=9, no-cache=\"d\"");
    StoredMeta meta = stored(get(), new CacheResponse(200, fields, 0), CachePolicy.DEFAULT);
    Lines kept = new Lines();
    StoredFields.write(fields, meta, kept);
    assertThat(kept.toString()).isEqualTo("c: 3 | cache-control: max-age=9, no-cache=\"d\"");
  }

  @Test
  void whatIsSaidToCachesOfThisCdnIsTold() {
    assertThat(StoredFields.isForCachesOnly("surrogate-key")).isTrue();
    assertThat(StoredFields.isForCachesOnly("landfall-cache-control")).isTrue();
    assertThat(StoredFields.isForCachesOnly("cdn-cache-control")).isFalse();
  }

  private static Preconditions answer(StoredMeta meta, String... lines) {
    return Preconditions.evaluate(get(lines), meta, NOW);
  }

  private static Freshening on304(Validators stored, String... lines) {
    return Freshening.ofNotModified(stored, Lines.of(lines), NOW);
  }

  private static Freshening onHead(StoredMeta meta, CacheResponse head) {
    return Freshening.ofHead(meta, 5, head, NOW);
  }
}
