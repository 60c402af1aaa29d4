package io.landfall.cache;

import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which stored responses have variants in further codings, and which requests get them. */
class CompressionRuleTest {
  private static final CompressionPolicy POLICY = CompressionPolicy.DEFAULT;
  private static final CompressionPolicy WITH_CREDENTIALS =
      new CompressionPolicy(
          POLICY.codings(), POLICY.types(), 1024, 1 << 20, 10, POLICY.levels(), true);

  private static boolean isCodable(CompressionPolicy policy, long length, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Cache-Control: max-age=60");
    String[] texts = all.toArray(String[]::new);
    CachePolicy cache = CachePolicy.DEFAULT.withSetCookie(true);
    StoredMeta meta = stored(get(), Exchanges.ok(texts), cache);
    return CompressionRule.isCodable(meta, Lines.of(texts), length, policy);
  }

  private static boolean mayGet(CompressionPolicy policy, CacheRequest request) {
    RequestDirectives directives = RequestDirectives.of(request.fields());
    return CompressionRule.mayGetVariant(request, directives, policy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "TEXT/HTML ; charset=UTF-8",
        "text/x-anything",
        "application/json",
        "application/problem+json",
        "image/svg+xml;a=b",
        "application/wasm"
      })
  void textAndWhatIsLikeItHasVariants(String type) {
    assertThat(isCodable(POLICY, 2000, "Content-Type: " + type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"image/png", "video/mp4", "application/zip", "font/woff2", "texts/html", "json"})
  void whatIsCompressedAlreadyOrUnknownHasNone(String type) {
    assertThat(isCodable(POLICY, 2000, "Content-Type: " + type)).isFalse();
  }

  @Test
  void withoutOneTypeThereIsNone() {
    assertThat(isCodable(POLICY, 2000)).isFalse();
    assertThat(isCodable(POLICY, 2000, "Content-Type: text/html", "Content-Type: image/png"))
        .isFalse();
  }

  @Test
  void theLengthIsWithinBoundsIfItIsKnown() {
    assertThat(isCodable(POLICY, 1023, "Content-Type: text/html")).isFalse();
    assertThat(isCodable(POLICY, 1024, "Content-Type: text/html")).isTrue();
    assertThat(isCodable(POLICY, 10 << 20, "Content-Type: text/html")).isTrue();
    assertThat(isCodable(POLICY, (10 << 20) + 1, "Content-Type: text/html")).isFalse();
    assertThat(isCodable(POLICY, CacheResponse.UNKNOWN, "Content-Type: text/html")).isTrue();
    assertThat(isCodable(CompressionPolicy.NONE, 2000, "Content-Type: text/html")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cache-Control: no-transform",
        "Cache-Control: public, No-Transform, max-age=5",
        "Cache-Control: no-transform=1",
        "CDN-Cache-Control: max-age=9, no-transform",
        "Landfall-Cache-Control: max-age=9, no-transform;x=1",
        "Content-Encoding: gzip",
        "Content-Encoding: identity",
        "Signature: sig1=:abc=:",
        "Signature-Input: sig1=(\"etag\")",
        "Set-Cookie: a=b"
      })
  void oneFieldForbidsIt(String line) {
    assertThat(isCodable(POLICY, 2000, "Content-Type: text/html", line)).isFalse();
  }

  @Test
  void whatOnlyLooksLikeThatDoesNotForbidIt() {
    assertThat(
            isCodable(
                POLICY,
                2000,
                "Content-Type: text/html",
                "Cache-Control: x=\"no-transform, y\", no-transforms",
                "X-Cache-Control: no-transform"))
        .isTrue();
  }

  @Test
  void setCookieForbidsItUnlessTheOperatorSaysOtherwise() {
    assertThat(isCodable(WITH_CREDENTIALS, 2000, "Content-Type: text/css", "Set-Cookie: a=b"))
        .isTrue();
  }

  @Test
  void requestsWithCredentialsGetNoneUnlessTheOperatorSaysOtherwise() {
    assertThat(mayGet(POLICY, get())).isTrue();
    for (String line : List.of("Cookie: a=b", "Authorization: Basic eA==")) {
      assertThat(mayGet(POLICY, get(line))).as(line).isFalse();
      assertThat(mayGet(WITH_CREDENTIALS, get(line))).as(line).isTrue();
    }
  }

  @Test
  void whoAsksForAPartOrForbidsItGetsNone() {
    assertThat(mayGet(WITH_CREDENTIALS, get("Range: bytes=0-1"))).isFalse();
    assertThat(mayGet(WITH_CREDENTIALS, get("Range: junk"))).isFalse();
    assertThat(mayGet(WITH_CREDENTIALS, get("Cache-Control: no-transform"))).isFalse();
    assertThat(mayGet(WITH_CREDENTIALS, request("HEAD"))).isTrue();
    assertThat(mayGet(WITH_CREDENTIALS, request("POST"))).isFalse();
  }

  @Test
  void aDateIsNoConditionForAPart() {
    assertThat(CompressionRule.isPartByDate(get())).isFalse();
    assertThat(CompressionRule.isPartByDate(get("If-Range: \"a\""))).isFalse();
    assertThat(CompressionRule.isPartByDate(get("If-Range: W/\"a\""))).isFalse();
    assertThat(CompressionRule.isPartByDate(get("If-Range: " + Exchanges.date(-90)))).isTrue();
    assertThat(CompressionRule.isPartByDate(get("If-Range: "))).isTrue();
  }

  private static String coded(String... lines) {
    Lines out = new Lines();
    CodedFields.write(Lines.of(lines), Coding.BROTLI, out);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < out.size(); i++) {
      text.append(out.name(i)).append('=').append(out.value(i)).append('\n');
    }
    return text.toString();
  }

  @Test
  void aVariantHasAWeakTagAndNothingOfTheBytesAsReceived() {
    assertThat(
            coded(
                "ETag: \"a\"",
                "Last-Modified: x",
                "Content-Length: 5",
                "Accept-Ranges: bytes",
                "Content-MD5: x",
                "Content-Digest: x",
                "Repr-Digest: x",
                "Digest: x",
                "X: y"))
        .isEqualTo("etag=W/\"a\"\nlast-modified=x\nx=y\ncontent-encoding=br\n");
    assertThat(coded("ETag: W/\"a\"")).isEqualTo("etag=W/\"a\"\ncontent-encoding=br\n");
  }

  @Test
  void withoutATagAVariantHasNothingByWhichAPartCouldBeAskedFor() {
    assertThat(coded("Last-Modified: x")).isEqualTo("content-encoding=br\n");
  }

  @Test
  void a304HasTheStrongTagOnlyForWhoNamesItAlone() {
    assertThat(CodedFields.isTagKept(get("If-None-Match: \"a\""), "\"a\"")).isTrue();
    assertThat(CodedFields.isTagKept(get("If-None-Match: \"b\", \"a\""), "\"a\"")).isTrue();
    assertThat(CodedFields.isTagKept(get("If-None-Match: W/\"a\""), "\"a\"")).isFalse();
    assertThat(CodedFields.isTagKept(get("If-None-Match: \"a\", W/\"a\""), "\"a\"")).isFalse();
    assertThat(CodedFields.isTagKept(get("If-None-Match: *"), "\"a\"")).isFalse();
    assertThat(CodedFields.isTagKept(get(), "\"a\"")).isFalse();
  }

  @Test
  void aVariantHasToSaveWhatThePolicyAsksFor() {
    assertThat(POLICY.mostBytes(1000)).isEqualTo(900);
    assertThat(POLICY.mostBytes(1001)).isEqualTo(900);
    assertThat(POLICY.mostBytes(1)).isZero();
  }
}
