package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Requests of any bytes: those that differ in what is keyed have different keys, those that do not
 * have the same one, and none throws. Parts are short and of few letters, with all that could be
 * taken for the end of one, so that parts that run into each other meet.
 */
class KeysFuzz {
  private static final int ROUNDS = 200_000;
  private static final String LETTERS = "aAbB/.:;?&=%,\t \"\u00e9";
  private static final String NO_LETTERS = "\0\u0001\r\n\u0100";
  private static final List<String> KEYED = List.of("x-a", "x-b");

  private final Random random = new Random(20);
  private final SipHash hash = new SipHash(1, 2);
  private final KeyBuffer buffer = new KeyBuffer(hash);

  /** What is keyed of a request: the parts, and the values of each keyed field that it has. */
  private record Parts(
      String scheme, String authority, String target, Map<String, String> fields) {}

  private String text(String from, int most) {
    StringBuilder made = new StringBuilder();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      made.append(from.charAt(random.nextInt(from.length())));
    }
    return made.toString();
  }

  private Parts parts() {
    Map<String, String> fields = new TreeMap<>();
    for (String name : KEYED) {
      if (random.nextBoolean()) {
        fields.put(name, text("ab,", 2));
      }
    }
    return new Parts(
        random.nextBoolean() ? "http" : "https", text("aAb.:", 3), text(LETTERS, 3), fields);
  }

  private boolean make(Parts of, String authority, String method) {
    List<String> lines = new ArrayList<>();
    of.fields().forEach((name, value) -> lines.add(name + ": " + value));
    lines.add("x-other: " + text("ab", 3));
    return buffer.make(
        new KeyPolicy(KEYED, QueryRules.WHOLE),
        of.scheme(),
        authority,
        new CacheRequest(method, of.target(), Lines.of(lines.toArray(String[]::new)), false));
  }

  @Test
  void whatDiffersInWhatIsKeyedHasAnotherKeyAndNothingElseHas() {
    Map<String, Parts> byKey = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Parts of = parts();
      assertThat(make(of, of.authority(), random.nextBoolean() ? "GET" : "HEAD")).isTrue();
      byte[] key = buffer.toBytes();
      Parts lower =
          new Parts(
              of.scheme(), of.authority().replace('A', 'a'), of.target(), normal(of.fields()));
      Parts before = byKey.putIfAbsent(new String(key, StandardCharsets.ISO_8859_1), lower);
      if (before != null) {
        assertThat(before).isEqualTo(lower);
      }
      assertThat(buffer.is(key)).isTrue();
      assertThat(buffer.fingerprint()).isEqualTo(hash.hash(key, 0, key.length));
      PurgeMarks.Place place = KeyBuffer.place(key, "shop");
      assertThat(List.of(place.scheme(), place.authority(), place.target()))
          .containsExactly(lower.scheme(), lower.authority(), lower.target());
      // Another spelling of the host is no other key.
      assertThat(make(of, of.authority().toUpperCase(Locale.ROOT), "GET")).isTrue();
      assertThat(buffer.is(key)).isTrue();
    }
    assertThat(byKey.size()).isGreaterThan(ROUNDS / 10);
  }

  /** Members of a list are keyed in their normal form: blanks and empty members mean nothing. */
  private static Map<String, String> normal(Map<String, String> fields) {
    Map<String, String> made = new TreeMap<>();
    fields.forEach(
        (name, value) -> {
          StringBuilder form = new StringBuilder();
          NormalForm.append(form, Lines.of(name + ": " + value), name);
          made.put(name, form.toString());
        });
    return made;
  }

  @Test
  void aByteThatNoMessageHasGivesNoKey() {
    for (int round = 0; round < ROUNDS / 10; round++) {
      char wrong = NO_LETTERS.charAt(random.nextInt(NO_LETTERS.length()));
      Parts of = parts();
      String broken = of.target() + wrong + text(LETTERS, 3);
      boolean inTarget = random.nextBoolean();
      Parts made = inTarget ? new Parts(of.scheme(), of.authority(), broken, of.fields()) : of;
      assertThat(make(made, inTarget ? of.authority() : broken, "GET")).isFalse();
      assertThat(buffer.is(buffer.toBytes())).isFalse();
    }
  }

  @Test
  void whatIsLongerThanAKeyMayBeHasNone() {
    String most = "/" + "a".repeat(KeyBuffer.MOST_BYTES - "http\0a\0/\0".length());
    KeyPolicy policy = KeyPolicy.DEFAULT;
    assertThat(buffer.make(policy, "http", "a", request(most))).isTrue();
    assertThat(buffer.size()).isEqualTo(KeyBuffer.MOST_BYTES);
    assertThat(buffer.make(policy, "http", "a", request(most + "a"))).isFalse();
    assertThat(buffer.make(policy, "http", "a", request("/"))).isTrue();
  }

  private static CacheRequest request(String target) {
    return new CacheRequest("GET", target, Lines.of(), false);
  }
}
