package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of a response that is stored whole (RFC 9110 section 14). */
class StoredRangesTest {
  private static final String BODY = "0123456789".repeat(20_000);

  private final TestBackend backend =
      new TestBackend(
          (request, in, out) ->
              TestBackend.raw(
                  out,
                  "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"v1\"\r\n"
                      + "Content-Digest: sha-256=:AAAA:\r\nContent-MD5: AAAA\r\n"
                      + "Content-Range: none of a whole\r\n"
                      + "Content-Type: text/plain\r\nContent-Length: "
                      + BODY.length()
                      + "\r\n\r\n"
                      + BODY));
  private final TestSite fra = CachedSite.of("fra", 1);

  @BeforeEach
  void stores() {
    fra.publish(Signal.UP, backends(backend));
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo(BODY);
  }

  @AfterEach
  void closes() {
    fra.close();
    backend.close();
  }

  private void part(String range, String body, String contentRange) {
    RawClient.Answer answer = CachedSite.ask(fra, "/a", "Range: " + range);
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.field("content-range")).contains(contentRange);
    assertThat(answer.field("content-length")).contains("" + body.length());
    assertThat(answer.field("cache-status").orElseThrow()).contains("; hit; ");
  }

  @Test
  void onePartIsCutFromTheWhole() {
    part("bytes=3-5", "345", "bytes 3-5/200000");
    part("bytes=199998-", "89", "bytes 199998-199999/200000");
    part("bytes=-3", "789", "bytes 199997-199999/200000");
    part("bytes=65530-65545", BODY.substring(65530, 65546), "bytes 65530-65545/200000");
    part("bytes=10-150000", BODY.substring(10, 150_001), "bytes 10-150000/200000");
    assertThat(backend.received).hasSize(1);
  }

  @Test
  void severalPartsComeAsOneMessage() {
    RawClient.Answer answer = CachedSite.ask(fra, "/a", "Range: bytes=3-5, 100001-100002");
    assertThat(answer.status()).isEqualTo(206);
    String boundary = answer.field("content-type").orElseThrow();
    assertThat(boundary).startsWith("multipart/byteranges; boundary=");
    String line = "--" + boundary.substring(boundary.indexOf('=') + 1);
    assertThat(answer.body())
        .isEqualTo(
            "\r\n"
                + line
                + "\r\ncontent-type: text/plain\r\ncontent-range: bytes 3-5/200000\r\n\r\n345\r\n"
                + line
                + "\r\ncontent-type: text/plain\r\n"
                + "content-range: bytes 100001-100002/200000\r\n\r\n12\r\n"
                + line
                + "--\r\n");
    assertThat(answer.field("content-range")).isEmpty();
  }

  @Test
  void aPartThatIsNotThereIs416() {
    RawClient.Answer answer = CachedSite.ask(fra, "/a", "Range: bytes=200000-");
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.field("content-range")).contains("bytes */200000");
    assertThat(answer.body()).isEmpty();
    // No cache behind may take it for the object.
    assertThat(answer.field("cache-control")).contains("no-store");
    for (String ofTheObject : new String[] {"etag", "last-modified", "expires", "content-type"}) {
      assertThat(answer.field(ofTheObject)).as(ofTheObject).isEmpty();
    }
  }

  @Test
  void whatIsNoRangeIsIgnored() {
    assertThat(CachedSite.ask(fra, "/a", "Range: lines=1-2").status()).isEqualTo(200);
    assertThat(CachedSite.ask(fra, "/a", "Range: bytes=5-3").status()).isEqualTo(200);
  }

  @Test
  void aPartIsGivenOnlyOfTheVersionThatIsAskedFor() {
    RawClient.Answer same = CachedSite.ask(fra, "/a", "Range: bytes=0-1", "If-Range: \"v1\"");
    assertThat(same.status()).isEqualTo(206);
    RawClient.Answer other = CachedSite.ask(fra, "/a", "Range: bytes=0-1", "If-Range: \"v0\"");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.body()).isEqualTo(BODY);
  }

  @Test
  void aPartOfWhatIsNotStoredGoesPastWhereThereAreNoSlices() {
    try (TestSite ams = CachedSite.of("ams", 2, CachePolicy.DEFAULT.withSliceBytes(0))) {
      ams.publish(Signal.UP, backends(backend));
      CachedSite.ask(ams, "/b", "Range: bytes=0-1");
      assertThat(backend.received.getLast().all("range")).containsExactly("bytes=0-1");
      assertThat(CachedSite.view(ams).stored().keys()).isZero();
    }
  }

  @Test
  void aPartOfWhatChangedIsGivenOnceItIsThere() {
    fra.letPass(61_000);
    RawClient.Answer answer = CachedSite.ask(fra, "/a", "Range: bytes=150003-150005");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo("345");
    assertThat(backend.received).hasSize(2);
  }

  @Test
  void whatProvesTheBytesOfTheWholeIsNotSentWithAPart() {
    for (String field : new String[] {"content-digest", "content-md5"}) {
      assertThat(CachedSite.ask(fra, "/a").field(field)).as(field).isPresent();
      for (String range : new String[] {"0-1", "0-1, 5-6"}) {
        assertThat(CachedSite.ask(fra, "/a", "Range: bytes=" + range).field(field)).isEmpty();
      }
    }
    assertThat(CachedSite.ask(fra, "/a").field("content-range")).contains("none of a whole");
  }
}
