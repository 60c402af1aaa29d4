package io.landfall.cache;

import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Primary keys, and what of a query counts. */
class KeysTest {
  private static final SipHash HASH = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  private final KeyBuffer buffer = new KeyBuffer(HASH);

  @Test
  void theHashIsSipHash24() {
    // The vectors of the reference implementation: the bytes 0, 1, 2 ... under the key 0 to 15.
    byte[] bytes = new byte[64];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertThat(HASH.hash(bytes, 0, 0)).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(HASH.hash(bytes, 0, 1)).isEqualTo(0x74f839c593dc67fdL);
    assertThat(HASH.hash(bytes, 0, 15)).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void getAndHeadShareAKey() {
    assertThat(key("https", "shop.example", request("HEAD")))
        .isEqualTo(key("https", "shop.example", get()));
  }

  @Test
  void whatTheOriginCanTellApartHasKeysOfItsOwn() {
    List<byte[]> keys = new ArrayList<>();
    keys.add(key("https", "shop.example", target("/a")));
    keys.add(key("http", "shop.example", target("/a")));
    keys.add(key("https", "shop.example.", target("/a")));
    keys.add(key("https", "shop.example:443", target("/a")));
    keys.add(key("https", "shop.example:8443", target("/a")));
    keys.add(key("https", "shop.exampl", target("e/a")));
    keys.add(key("https", "shop.example", target("/a?")));
    keys.add(key("https", "shop.example", target("/a?b")));
    keys.add(key("https", "shop.example", target("/A")));
    keys.add(key("https", "shop.example", target("/a;b")));
    keys.add(key("https", "shop.example", target("/a/")));
    keys.add(key("https", "shop.example", target("//a")));
    keys.add(key("https", "shop.example", target("/a%2Fb")));
    TreeSet<String> different = new TreeSet<>();
    keys.forEach(key -> different.add(new String(key, StandardCharsets.ISO_8859_1)));
    assertThat(different).hasSameSizeAs(keys);
  }

  @Test
  void theCaseOfTheAuthorityMakesNoDifference() {
    assertThat(key("https", "Shop.EXAMPLE", get())).isEqualTo(key("https", "shop.example", get()));
  }

  @Test
  void keyedFieldsArePartOfItInTheirNormalForm() {
    KeyPolicy policy = new KeyPolicy(List.of("x-device", "accept-language"), QueryRules.WHOLE);
    byte[] one = key(policy, get("X-Device: a, b", "Accept-Language: EN , de"));
    assertThat(key(policy, get("X-Device: a", "X-Device: b", "Accept-Language: de,en")))
        .isEqualTo(one);
    assertThat(key(policy, get("X-Device: a", "Accept-Language: de,en"))).isNotEqualTo(one);
    assertThat(key(policy, get())).isNotEqualTo(key(policy, get("X-Device: ")));
    assertThat(key(KeyPolicy.DEFAULT, get("X-Other: a"))).isEqualTo(key(KeyPolicy.DEFAULT, get()));
  }

  @Test
  void aFieldCannotReachIntoTheNextOne() {
    KeyPolicy policy = new KeyPolicy(List.of("a", "b"), QueryRules.WHOLE);
    assertThat(key(policy, get("A: x", "B: y"))).isNotEqualTo(key(policy, get("A: x,y")));
    Lines evil = new Lines();
    evil.add("a", "x\0y");
    assertThat(buffer.make(policy, "http", "a", new CacheRequest("GET", "/a", evil, false)))
        .as("a byte that no message has")
        .isFalse();
  }

  @Test
  void aKeyThatIsTooLongGoesPastTheCache() {
    assertThat(buffer.make(KeyPolicy.DEFAULT, "http", "a", target("/" + "x".repeat(16_000))))
        .isTrue();
    assertThat(buffer.size()).isGreaterThan(16_000);
    assertThat(buffer.make(KeyPolicy.DEFAULT, "http", "a", target("/" + "x".repeat(17_000))))
        .isFalse();
    assertThat(buffer.is(buffer.toBytes())).isFalse();
  }

  @Test
  void aKeyIsFoundByItsFingerprintAndComparedWhole() {
    byte[] stored = key("https", "shop.example", get());
    assertThat(buffer.is(stored)).isTrue();
    long fingerprint = buffer.fingerprint();
    assertThat(HASH.hash(stored, 0, stored.length)).isEqualTo(fingerprint);
    key("https", "shop.example", target("/b"));
    assertThat(buffer.is(stored)).isFalse();
    assertThat(buffer.fingerprint()).isNotEqualTo(fingerprint);
  }

  @Test
  void aWholeQueryStaysAsItIs() {
    String target = "/a?b=1&a=2&&c";
    assertThat(QueryRules.WHOLE.apply(target)).isSameAs(target);
    assertThat(rules(QueryRules.Mode.ALL, true, "x").apply("/a")).isEqualTo("/a");
  }

  @Test
  void parametersAreLeftOutKeptOrSorted() {
    QueryRules tracking = rules(QueryRules.Mode.ALL_BUT, false, "utm_*", "gclid");
    assertThat(tracking.apply("/a?utm_source=x&b=1&gclid=3&utm_id&c")).isEqualTo("/a?b=1&c");
    assertThat(tracking.apply("/a?utm_source=x")).isEqualTo("/a");
    String untouched = "/a?gclid2=3";
    assertThat(tracking.apply(untouched)).isSameAs(untouched);
    assertThat(rules(QueryRules.Mode.ONLY, false, "id").apply("/a?x=1&id=2&id=3"))
        .isEqualTo("/a?id=2&id=3");
    assertThat(rules(QueryRules.Mode.NONE, false).apply("/a?x=1")).isEqualTo("/a");
    assertThat(rules(QueryRules.Mode.ALL, true).apply("/a?b=2&a=9&b=1&a="))
        .isEqualTo("/a?a=9&a=&b=2&b=1");
  }

  @Test
  void aQueryWithMoreParametersThanTheBoundIsKeyedAsItCame() {
    String many = "/a?" + "b=1&".repeat(300);
    assertThat(rules(QueryRules.Mode.ALL, true).apply(many)).isSameAs(many);
  }

  private static QueryRules rules(QueryRules.Mode mode, boolean sorted, String... names) {
    return new QueryRules(mode, List.of(names), sorted);
  }

  private static CacheRequest target(String target) {
    return new CacheRequest("GET", target, Lines.of(), false);
  }

  private byte[] key(String scheme, String authority, CacheRequest request) {
    assertThat(buffer.make(KeyPolicy.DEFAULT, scheme, authority, request)).isTrue();
    return buffer.toBytes();
  }

  private byte[] key(KeyPolicy policy, CacheRequest request) {
    assertThat(buffer.make(policy, "http", "a", request)).isTrue();
    return buffer.toBytes();
  }
}
