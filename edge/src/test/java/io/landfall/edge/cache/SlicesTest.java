package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.cache.RangedOrigin.Kind;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts of what is not stored whole: fetched and stored by slices, and joined. */
class SlicesTest {
  private static final long LENGTH = 10_500;

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

  private static String status(RawClient.Answer answer) {
    return answer.field("cache-status").orElseThrow();
  }

  private RawClient.Answer part(String range, long from, long to) {
    RawClient.Answer answer = ask(range);
    assertThat(answer.status()).as(range).isEqualTo(206);
    assertThat(answer.field("content-range"))
        .contains("bytes " + from + "-" + (to - 1) + "/" + LENGTH);
    assertThat(answer.body()).isEqualTo(RangedOrigin.text(origin.version, from, to));
    return answer;
  }

  @Test
  void aPartIsFetchedAsTheSliceThatHasItAndThenIsAHit() {
    assertThat(status(part("1003-1005", 1003, 1006))).contains("; fwd=uri-miss", "; stored");
    assertThat(origin.asked()).containsExactly("bytes=1000-1999");
    assertThat(status(part("1900-1999", 1900, 2000))).contains("; hit; ttl=");
    assertThat(origin.asked()).hasSize(1);
    assertThat(CachedSite.view(fra).requests().hits()).isEqualTo(1);
  }

  @Test
  void onlyWhatIsMissingIsFetched() {
    part("1000-1001", 1000, 1002);
    assertThat(status(part("500-2500", 500, 2501))).contains("; fwd=");
    assertThat(status(part("1500-3100", 1500, 3101))).contains("; fwd=partial");
    assertThat(origin.asked())
        .containsExactly("bytes=1000-1999", "bytes=0-999", "bytes=2000-2999", "bytes=3000-3999");
    assertThat(status(part("0-3999", 0, 4000))).contains("; hit; ");
  }

  @Test
  void theLastBytesAreFoundByTheLength() {
    part("-600", 9900, 10_500);
    assertThat(origin.asked())
        .containsExactly("bytes=0-999", "bytes=9000-9999", "bytes=10000-10999");
    assertThat(status(part("-600", 9900, 10_500))).contains("; hit; ");
    part("10499-", 10_499, 10_500);
    part("10000-20000", 10_000, 10_500);
    assertThat(origin.asked()).hasSize(3);
  }

  @Test
  void severalRangesAreOneMessage() {
    RawClient.Answer answer = ask("3-5, 5001-5002");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.field("content-type").orElseThrow()).startsWith("multipart/byteranges");
    assertThat(answer.body())
        .contains("bytes 3-5/10500\r\n\r\n" + RangedOrigin.text(1, 3, 6) + "\r\n")
        .contains("bytes 5001-5002/10500\r\n\r\n" + RangedOrigin.text(1, 5001, 5003) + "\r\n");
    assertThat(origin.asked()).containsExactly("bytes=0-999", "bytes=5000-5999");
    assertThat(status(ask("3-5, 5001-5002"))).contains("; hit; ");
  }

  @Test
  void aPartOfAnotherVersionIsTheWholeAndThatTooIsFetchedBySlices() {
    assertThat(ask("3-5", "If-Range: \"v1\"").body()).isEqualTo(RangedOrigin.text(1, 3, 6));
    RawClient.Answer other = ask("3-5", "If-Range: \"v0\"");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.body()).isEqualTo(RangedOrigin.text(1, 0, LENGTH));
    assertThat(origin.asked()).hasSize(11).doesNotContain("");
  }

  @Test
  void whatIsUnchangedIs304() {
    part("3-5", 3, 6);
    assertThat(ask("3-5", "If-None-Match: \"v1\"").status()).isEqualTo(304);
    assertThat(origin.asked()).hasSize(1);
  }

  @Test
  void aPartThatIsNotThereIs416() {
    RawClient.Answer unknown = ask("20000-");
    assertThat(unknown.status()).isEqualTo(416);
    assertThat(unknown.field("content-range")).contains("bytes */10500");
    part("10499-", 10_499, 10_500);
    RawClient.Answer known = ask("20000-");
    assertThat(known.status()).isEqualTo(416);
    assertThat(known.field("content-range")).contains("bytes */10500");
    assertThat(known.field("etag")).isEmpty();
  }

  @Test
  void anOriginWithoutRangesIsAskedForTheWholeOnce() {
    origin.kind = Kind.WHOLE;
    part("3003-3005", 3003, 3006);
    assertThat(status(part("9000-9100", 9000, 9101))).contains("; hit; ");
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo(RangedOrigin.text(1, 0, LENGTH));
    assertThat(origin.asked()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"WEAK", "UNTAGGED", "SHIFTED", "SHORT", "LONGER", "MULTIPART", "ENDLESS"})
  void whatDoesNotAnswerTheSliceIsNeverStored(Kind kind) {
    origin.kind = kind;
    for (int i = 0; i < 3; i++) {
      try {
        ask("1003-1005");
      } catch (IllegalStateException e) {
        // The origin's own message has fewer bytes than its head.
      }
    }
    assertThat(CachedSite.view(fra).stored().keys()).isZero();
    // Once as a slice, and then as the client asked.
    assertThat(origin.asked())
        .containsExactly(
            "bytes=1000-1999", "bytes=1003-1005", "bytes=1003-1005", "bytes=1003-1005");
    origin.kind = Kind.RANGES;
    part("1003-1005", 1003, 1006);
  }

  @Test
  void anotherVersionEndsWhatWasBegunAndDropsAllParts() {
    part("0-1", 0, 2);
    part("5000-5001", 5000, 5002);
    origin.version = 2;
    assertThatThrownBy(() -> ask("900-1100")).isInstanceOf(RuntimeException.class);
    part("900-1100", 900, 1101);
    part("5000-5001", 5000, 5002);
  }

  @Test
  void anotherVersionDropsPartsThatWereNotJoined() {
    part("0-1", 0, 2);
    origin.version = 2;
    part("5000-5001", 5000, 5002);
    part("0-1", 0, 2);
    assertThat(status(part("5000-5001", 5000, 5002))).contains("; hit; ");
  }

  @Test
  void aSliceThatIsStaleIsValidated() {
    part("0-1500", 0, 1501);
    fra.letPass(61_000);
    assertThat(status(part("0-1500", 0, 1501))).contains("; fwd=");
    assertThat(origin.backend.received.getLast().all("if-none-match")).containsExactly("\"v1\"");
    assertThat(origin.backend.received.getLast().all("range")).containsExactly("bytes=1000-1999");
    assertThat(status(part("0-1500", 0, 1501))).contains("; hit; ttl=");
    fra.letPass(61_000);
    origin.version = 2;
    part("0-999", 0, 1000);
  }

  @Test
  void anUnsafeMethodAndAPurgeDropSlices() {
    part("0-1", 0, 2);
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
    }
    origin.version = 2;
    part("0-1", 0, 2);
    origin.version = 3;
    fra.edge().purge(new Purge.OfUrl("shop.test", "/a"), false).join();
    part("0-1", 0, 2);
  }

  @Test
  void whatIsPrivateGoesToItsClientAlone() {
    origin.control = "private, max-age=60";
    for (int i = 0; i < 2; i++) {
      part("1003-1005", 1003, 1006);
    }
    assertThat(CachedSite.view(fra).stored().keys()).isZero();
    assertThat(origin.asked())
        .containsExactly("bytes=1000-1999", "bytes=1003-1005", "bytes=1003-1005");
  }

  @Test
  void anErrorIsGivenBeforeTheFirstByteAndEndsTheBodyAfterIt() {
    part("0-1", 0, 2);
    origin.kind = Kind.FAILS;
    assertThat(ask("5000-5001").status()).isEqualTo(503);
    assertThatThrownBy(() -> ask("900-1100")).isInstanceOf(RuntimeException.class);
    origin.kind = Kind.RANGES;
    part("900-1100", 900, 1101);
  }

  @Test
  void onlyWhatIsStoredIsGivenIfNothingElseIsAskedFor() {
    assertThat(ask("0-1", "Cache-Control: only-if-cached").status()).isEqualTo(504);
    part("0-1", 0, 2);
    assertThat(ask("0-1", "Cache-Control: only-if-cached").status()).isEqualTo(206);
    assertThat(ask("900-1100", "Cache-Control: only-if-cached").status()).isEqualTo(504);
    assertThat(origin.asked()).hasSize(1);
  }

  @Test
  void aRequestWithCredentialsOrDemandsGoesPast() {
    for (String line :
        List.of("Authorization: Basic eA==", "Cache-Control: no-store", "If-Match: \"v1\"")) {
      assertThat(ask("3-5", line).body()).isEqualTo(RangedOrigin.text(1, 3, 6));
    }
    assertThat(origin.asked()).containsOnly("bytes=3-5");
    assertThat(CachedSite.view(fra).stored().keys()).isZero();
  }

  @Test
  void aLargeObjectIsNeverFetchedAsAWhole() {
    long large = 10L << 30;
    try (RangedOrigin big = new RangedOrigin(large)) {
      TestSite ams = CachedSite.of("ams", 2);
      try (ams) {
        ams.publish(Signal.UP, backends(big.backend));
        RawClient.Answer answer = CachedSite.ask(ams, "/b", "Range: bytes=5000000000-5000000009");
        assertThat(answer.body()).isEqualTo(RangedOrigin.text(1, 5_000_000_000L, 5_000_000_010L));
        assertThat(answer.field("content-range")).contains("bytes 5000000000-5000000009/" + large);
        answer = CachedSite.ask(ams, "/b", "Range: bytes=-4");
        assertThat(answer.body()).isEqualTo(RangedOrigin.text(1, large - 4, large));
        assertThat(big.asked())
            .containsExactly("bytes=4999610368-5000658943", "bytes=10736369664-10737418239");
      }
    }
  }

  @Test
  void whatProvesTheBytesOfASliceIsNotSentWithOthers() {
    origin.more =
        "Content-Digest: sha-256=:AAAA:\r\nContent-MD5: AAAA\r\nRepr-Digest: x=:BBBB:\r\n";
    for (String range : List.of("0-1", "900-1100", "0-1, 1500-1600")) {
      RawClient.Answer answer = ask(range);
      assertThat(answer.status()).isEqualTo(206);
      assertThat(answer.field("content-digest")).as(range).isEmpty();
      assertThat(answer.field("content-md5")).as(range).isEmpty();
      assertThat(answer.field("repr-digest")).as("that is of the whole").contains("x=:BBBB:");
    }
  }

  @Test
  void theClientForWhichASliceIsFetchedGetsTheFieldsThatAreNotStored() {
    origin.control = "max-age=60, private=\"x-own\"";
    origin.more = "X-Own: 1\r\n";
    assertThat(ask("0-1").field("x-own")).contains("1");
    assertThat(ask("0-1").field("x-own")).isEmpty();
  }
}
