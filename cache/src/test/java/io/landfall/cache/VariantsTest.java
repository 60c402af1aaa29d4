package io.landfall.cache;

import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of the responses of one key a request selects (RFC 9111 section 4.1). */
class VariantsTest {
  private Variants<String> variants = Variants.none(3);

  @Test
  void withoutVaryEveryRequestSelectsTheResponse() {
    add("one", get("Foo: 1"));
    assertThat(select("Foo: 2")).isEqualTo("one");
    add("two", get());
    assertThat(variants.size()).isEqualTo(1);
    assertThat(select()).isEqualTo("two");
  }

  @Test
  void selectingFieldsAreCompared() {
    add("1", get("Foo: 1", "Other: 2"), "Vary: Foo");
    assertThat(select("Foo: 1", "Other: 3")).isEqualTo("1");
    assertThat(select("Foo: 2")).isNull();
    assertThat(select()).isNull();
    add("none", get(), "Vary: Foo");
    assertThat(select()).isEqualTo("none");
    assertThat(select("Foo: ")).as("empty is not absent").isNull();
    assertThat(select("Foo: 1")).as("both are kept").isEqualTo("1");
  }

  @Test
  void allOfSeveralFieldsMustMatch() {
    add("x", get("Foo: 1", "Baz: 789"), "Vary: Foo, Bar", "Vary: BAZ");
    assertThat(select("Baz: 789", "Foo: 1")).isEqualTo("x");
    assertThat(select("Baz: 789", "Foo: 1", "Bar: ")).isNull();
    assertThat(select("Baz: 78", "Foo: 1")).isNull();
  }

  @Test
  void whatDiffersInWritingOnlyIsTheSame() {
    add("x", get("Foo: 1, 2"), "Vary: Foo");
    assertThat(select("Foo: 1", "Foo: 2")).isEqualTo("x");
    assertThat(select("Foo: 1,2 ")).isEqualTo("x");
    assertThat(select("Foo: 12")).isNull();
    add("q", get("Foo: \"a, b\""), "Vary: Foo");
    assertThat(select("Foo: \"a,b\"")).as("a quoted string").isNull();
  }

  @Test
  void acceptEncodingIsWhatIsAcceptedOfWhatIsKnown() {
    for (List<String> same :
        List.of(
            List.of("gzip, br", "br;q=0.9 , GZIP, unknown"),
            List.of("*", "gzip, br, zstd"),
            List.of("gzip, *;q=0", "gzip, identity;q=0"),
            List.of("x-gzip", "gzip"),
            List.of("", "identity"))) {
      assertThat(codings(same.get(0))).as(same.toString()).isEqualTo(codings(same.get(1)));
    }
    assertThat(codings("gzip")).isNotEqualTo(codings("gzip;q=0"));
    assertThat(codings("gzip;q=0.001")).isEqualTo("gzip");
    assertThat(codings("gzip;q=0.000")).isEmpty();
    assertThat(codings("gzip;a=b;q=0")).isEmpty();
  }

  @Test
  void whatAnOriginCanTellApartIsNotMerged() {
    add("x", get("Foo: evil"), "Vary: Foo");
    for (String other : List.of(",evil", "evil,", ",,evil", "evil,,")) {
      assertThat(select("Foo: " + other)).as(other).isNull();
    }
    add("y", get("Accept-Language: en;x=evil"), "Vary: Accept-Language");
    for (String other : List.of("en", "en;q=1", "en;x=other", "en;x=evil,", "en;q=evil")) {
      assertThat(select("Accept-Language: " + other)).as(other).isNull();
    }
    add("z", get("Accept-Language: de;evil"), "Vary: Accept-Language", "Content-Language: de");
    assertThat(select("Accept-Language: de")).as("by its language").isNull();
  }

  @Test
  void acceptEncodingIsSentToTheOriginAsItIsCompared() {
    assertThat(sent("evil")).isEqualTo("identity");
    assertThat(sent(",evil")).isEqualTo("identity");
    assertThat(sent("")).isEqualTo("identity");
    assertThat(sent("gzip;q=0.5, zstd, evil")).isEqualTo("gzip, zstd");
    assertThat(sent("*")).isEqualTo("br, gzip, zstd");
    assertThat(sent("br, identity;q=0")).isEqualTo("br, identity;q=0");
    assertThat(sent("identity;q=0")).isEqualTo("identity;q=0");
  }

  private static String sent(String value) {
    return Vary.sentAcceptEncoding(value);
  }

  @Test
  void acceptLanguageIsAnOrderOfLanguages() {
    add("x", get("Accept-Language: en, de"), "Vary: Accept-Language");
    assertThat(select("Accept-Language: De ,  eN")).isEqualTo("x");
    assertThat(select("Accept-Language: en;q=0.5, de")).isNull();
    assertThat(select("Accept-Language: en")).isNull();
    add("y", get("Accept-Language: fr, de;q=0.8, it;q=0"), "Vary: Accept-Language");
    assertThat(select("Accept-Language: de;q=0.5, fr;q=0.9, it;q=0.0")).isEqualTo("y");
    assertThat(select("Accept-Language: de;q=0.5, fr;q=0.9, it;q=0.1")).isNull();
  }

  @Test
  void aResponseInThePreferredLanguageIsSelected() {
    add(
        "de",
        get("Accept-Language: en, de", "Foo: 1"),
        "Vary: Accept-Language, Foo",
        "Content-Language: DE");
    assertThat(select("Accept-Language: fr;q=0.5, de;q=1.0", "Foo: 1")).isEqualTo("de");
    assertThat(select("Accept-Language: fr;q=0.5, de;q=1.0", "Foo: 2")).isNull();
    assertThat(select("Accept-Language: fr, de", "Foo: 1")).as("no single one").isNull();
    assertThat(select("Accept-Language: fr, de;q=0.5", "Foo: 1")).isNull();
  }

  @Test
  void theNewestOneIsSelectedAndTheOldestOneGoes() {
    add("1", get("Foo: 1"), "Vary: Foo");
    add("any", get());
    assertThat(select("Foo: 1")).isEqualTo("any");
    add("2", get("Foo: 2"), "Vary: Foo");
    add("3", get("Foo: 3"), "Vary: Foo");
    assertThat(variants.size()).isEqualTo(3);
    assertThat(select("Foo: 3")).isEqualTo("3");
    assertThat(select("Foo: 1")).isEqualTo("any");
    variants = variants.without(2);
    assertThat(select("Foo: 1")).isNull();
    assertThat(variants.size()).isEqualTo(2);
  }

  @Test
  void whoWaitsTakesWhatItSelects() {
    StoredMeta meta = stored("Cache-Control: max-age=9", "Vary: Foo");
    assertThat(takes(meta, "Foo: 1")).isTrue();
    assertThat(takes(meta, "Foo: 2")).isFalse();
    assertThat(takes(stored("Cache-Control: no-cache", "ETag: \"a\""), "Foo: 1")).isFalse();
    assertThat(takes(stored("Cache-Control: max-age=0", "ETag: \"a\""), "Foo: 1")).isFalse();
  }

  private static boolean takes(StoredMeta came, String waiting) {
    return CollapseRule.takes(
        came, Lines.of("Foo: 1"), Lines.of(waiting), RequestDirectives.NONE, Exchanges.NOW);
  }

  private void add(String value, CacheRequest request, String... response) {
    Lines fields = Lines.of(response);
    fields.add("cache-control", "max-age=9");
    StoredMeta meta = stored(request, new CacheResponse(200, fields, 0), CachePolicy.DEFAULT);
    variants = variants.with(meta, request.fields(), fields, value);
  }

  private @Nullable String select(String... lines) {
    int index = variants.select(Lines.of(lines));
    return index == Variants.NONE ? null : variants.value(index);
  }

  private static String codings(String accept) {
    return NormalForm.codings(accept);
  }
}
