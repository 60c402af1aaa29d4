package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.cache.RangedOrigin.Kind;
import io.landfall.edge.server.TestSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Slices of a body that changes: no response has bytes of two versions, one change breaks off what
 * was begun and nothing else, and what was of the old version is not used any more.
 */
class SliceVersionsTest {
  private static final long LENGTH = 10_500;
  private static final String GZIP = "Accept-Encoding: gzip";

  private final RangedOrigin origin = new RangedOrigin(LENGTH);
  private final TestSite fra = CachedSite.of("fra", 1, CachePolicy.DEFAULT.withSliceBytes(1000));

  @BeforeEach
  void isUp() {
    fra.publish(Signal.UP, backends(origin.backend));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  private RawClient.Answer ask(String range, String... lines) {
    String[] all = new String[lines.length + 1];
    all[0] = "Range: bytes=" + range;
    System.arraycopy(lines, 0, all, 1, lines.length);
    return CachedSite.ask(fra, "/a", all);
  }

  private void breaksOff(String range, String... lines) {
    assertThatThrownBy(() -> ask(range, lines)).isInstanceOf(RuntimeException.class);
  }

  /** Asks for bytes, which must be of the version that the origin has now. */
  private String part(long from, long to, String... lines) {
    RawClient.Answer answer = ask(from + "-" + (to - 1), lines);
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.field("etag")).contains("\"v" + origin.version + "\"");
    assertThat(answer.body()).isEqualTo(RangedOrigin.text(origin.version, from, to));
    return answer.field("cache-status").orElseThrow();
  }

  @Test
  void oneChangeBreaksOffWhatWasBegunAndIsSlicedAtOnceAgain() {
    part(0, 2);
    origin.version = 2;
    breaksOff("900-1100");
    assertThat(part(900, 1101)).contains("; stored");
    assertThat(part(900, 1101)).contains("; hit");
  }

  @Test
  void aChangeIsSeenThoughTwoSelectionsAlternate() {
    origin.more = "Vary: Accept-Encoding\r\n";
    part(0, 2, GZIP);
    part(0, 2);
    origin.version = 2;
    breaksOff("900-1100", GZIP);
    assertThat(part(900, 1101, GZIP)).contains("; stored");
    assertThat(part(900, 1101, GZIP)).contains("; hit");
    assertThat(part(0, 2)).as("the other selection is fetched anew too").contains("; stored");
  }

  @Test
  void aBodyThatBecameShorterIsSeenByTheSliceThatIsGone() {
    part(4000, 4002);
    origin.version = 2;
    origin.length = 5000;
    breaksOff("4900-5100");
    RawClient.Answer answer = ask("4900-5100");
    assertThat(answer.field("content-range")).contains("bytes 4900-4999/5000");
    assertThat(answer.body()).isEqualTo(RangedOrigin.text(2, 4900, 5000));
    assertThat(part(4900, 5000)).contains("; hit");
  }

  @Test
  void afterABodyBecameShorterNoSliceOfBeforeIsUsed() {
    part(4000, 4002);
    origin.version = 2;
    origin.length = 5000;
    assertThat(ask("7000-7001").status()).isEqualTo(416);
    assertThat(part(4000, 4002)).contains("; stored");
  }

  @Test
  void aWholeBehindASliceThatIsGoneDropsTheSlicesOfBefore() {
    try (TestSite ams =
        CachedSite.of("ams", 2, CachePolicy.DEFAULT.withSliceBytes(1000), 100_000)) {
      ams.publish(Signal.UP, backends(origin.backend));
      // The 416 does not tell what selects it.
      origin.more = "Vary: Accept-Encoding\r\n";
      CachedSite.ask(ams, "/a", GZIP, "Range: bytes=0-1");
      origin.version = 2;
      origin.length = 5000;
      assertThat(CachedSite.ask(ams, "/a", GZIP, "Range: bytes=7000-7001").status()).isEqualTo(416);
      origin.length = 10_400;
      assertThat(CachedSite.ask(ams, "/a", GZIP).field("etag")).contains("\"v2\"");
      assertThat(CachedSite.ask(ams, "/a", GZIP, "Range: bytes=0-1").body())
          .isEqualTo(RangedOrigin.text(2, 0, 2));
    }
  }

  @Test
  void theLastBytesOfABodyThatBecameShorterAreNeverUnsatisfiable() {
    part(0, 2);
    origin.version = 2;
    origin.length = 5000;
    RawClient.Answer answer = ask("-600");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.field("content-range")).contains("bytes 4400-4999/5000");
    assertThat(answer.body()).isEqualTo(RangedOrigin.text(2, 4400, 5000));
  }

  @Test
  void aWholeInMidBodyEndsItAndNoSliceOfBeforeIsUsed() {
    part(0, 2);
    part(5000, 5002);
    origin.version = 2;
    origin.kind = Kind.WHOLE;
    breaksOff("900-1100");
    part(5000, 5002);
    part(900, 1101);
  }

  @Test
  void anOriginWhoseVersionChangesEachTimeIsAskedAsTheClientDid() {
    origin.changes = true;
    for (int i = 0; i < 2; i++) {
      breaksOff("900-1100");
    }
    int before = origin.asked().size();
    for (int i = 0; i < 3; i++) {
      assertThat(ask("900-1100").status()).isEqualTo(206);
    }
    assertThat(origin.asked().subList(before, origin.asked().size()))
        .containsExactly("bytes=900-1100", "bytes=900-1100", "bytes=900-1100");
    fra.letPass(11_000);
    origin.changes = false;
    assertThat(part(900, 1101)).contains("; stored");
  }

  @Test
  void slicesWithOtherCodingsAreNotJoinedThoughTheirTagIsTheSame() {
    origin.more = "Content-Encoding: gzip\r\n";
    part(0, 2, GZIP);
    origin.more = "";
    breaksOff("900-1100", GZIP);
    RawClient.Answer plain = ask("900-1100", GZIP);
    assertThat(plain.field("content-encoding")).isEmpty();
    assertThat(plain.body()).isEqualTo(RangedOrigin.text(1, 900, 1101));
  }

  @Test
  void aWholeOfAnotherVersionDropsSlicesThoughItIsTooLongToBeStored() {
    try (TestSite ams =
        CachedSite.of("ams", 2, CachePolicy.DEFAULT.withSliceBytes(1000), 100_000)) {
      ams.publish(Signal.UP, backends(origin.backend));
      CachedSite.ask(ams, "/a", "Range: bytes=0-1");
      origin.version = 2;
      assertThat(CachedSite.ask(ams, "/a").body()).isEqualTo(RangedOrigin.text(2, 0, LENGTH));
      assertThat(CachedSite.ask(ams, "/a", "Range: bytes=0-1").body())
          .isEqualTo(RangedOrigin.text(2, 0, 2));
    }
  }

  @Test
  void slicesThatDoNotFitCostOneRequestEach() {
    try (TestSite ams = CachedSite.of("ams", 2, CachePolicy.DEFAULT.withSliceBytes(1000), 9_000)) {
      ams.publish(Signal.UP, backends(origin.backend));
      for (int i = 0; i < 3; i++) {
        assertThat(CachedSite.ask(ams, "/a", "Range: bytes=0-1").body())
            .isEqualTo(RangedOrigin.text(1, 0, 2));
      }
      assertThat(origin.asked())
          .containsExactly("bytes=0-999", "bytes=0-1", "bytes=0-1", "bytes=0-1");
    }
  }

  @Test
  void anEmptyBodyCostsOneRequestEach() {
    origin.length = 0;
    for (int i = 0; i < 3; i++) {
      assertThat(ask("0-1").status()).isEqualTo(416);
    }
    assertThat(origin.asked())
        .containsExactly("bytes=0-999", "bytes=0-1", "bytes=0-1", "bytes=0-1");
  }

  @Test
  void noClientMakesSlicesOfOthersInvalidByWhatItSelects() {
    origin.more = "Vary: Accept-Encoding\r\n";
    part(0, 2);
    // Of what another selection has, the length is another one.
    origin.length = 5000;
    part(0, 2, GZIP);
    origin.length = LENGTH;
    part(9000, 9002);
    origin.length = 5000;
    assertThat(ask("-600", GZIP).status()).isEqualTo(206);
    origin.length = LENGTH;
    assertThat(part(0, 2)).contains("; hit");
    assertThat(part(9000, 9002)).contains("; hit");
  }

  @Test
  void aClientThatTakesNoCodingMakesNoOtherOneGoPast() {
    origin.more = "Content-Encoding: gzip\r\n";
    part(0, 2, "Accept-Encoding: br");
    assertThat(part(1000, 1002, GZIP)).contains("; stored");
    assertThat(part(1000, 1002, GZIP)).contains("; hit");
  }
}
