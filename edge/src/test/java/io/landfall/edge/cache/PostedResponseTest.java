package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The response to POST as the answer to GET (RFC 9110 section 9.3.3). */
class PostedResponseTest {
  private static final CachePolicy WITH_POST =
      CachePolicy.DEFAULT.withMethods(List.of("GET", "HEAD", "POST"));
  private static final String FRESH = "Cache-Control: max-age=60";

  private TestBackend backend;
  private TestSite fra;
  private volatile String fields = "";
  private volatile String state = "first";
  private volatile boolean chunked;
  private volatile boolean cut;

  @BeforeEach
  void starts() {
    backend = new TestBackend((request, in, out) -> answer(request, out));
    fra = site(WITH_POST);
  }

  private TestSite site(CachePolicy policy) {
    TestSite site = CachedSite.of("fra", 1, policy);
    site.publish(Signal.UP, backends(backend));
    return site;
  }

  @AfterEach
  void ends() {
    fra.close();
    backend.close();
  }

  private boolean answer(TestBackend.Received request, OutputStream out) throws IOException {
    String body = state + " by " + request.line().split(" ")[0];
    String head = "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
    if (chunked) {
      String text = head + "Transfer-Encoding: chunked\r\n\r\n1\r\n" + body.charAt(0) + "\r\n";
      String rest = Integer.toHexString(body.length() - 1) + "\r\n" + body.substring(1) + "\r\n";
      return TestBackend.raw(out, text + (cut ? "" : rest + "0\r\n\r\n")) && !cut;
    }
    return TestBackend.raw(out, head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
  }

  private RawClient.Answer post(String path, String... lines) {
    try (RawClient client = new RawClient(fra.http())) {
      String head = "POST " + path + " HTTP/1.1\r\nHost: shop.test\r\n" + CachedSite.joined(lines);
      return client.send(head + "Content-Length: 2\r\n\r\nhi").read();
    }
  }

  private String got(String path) {
    return CachedSite.ask(fra, path).body();
  }

  private static String status(RawClient.Answer answer) {
    return answer.field("cache-status").orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneThatIsTheStateOfItsTargetAnswersGetAndHead(boolean inChunks) {
    chunked = inChunks;
    fields = FRESH + "\r\nContent-Location: /a?b=1";
    got("/a?b=1");
    state = "second";
    RawClient.Answer posted = post("/a?b=1");
    assertThat(posted.body()).isEqualTo("second by POST");
    assertThat(status(posted)).containsPattern("fwd=method; fwd-status=200; ttl=(59|60); stored");
    RawClient.Answer after = CachedSite.ask(fra, "/a?b=1");
    assertThat(after.body()).isEqualTo("second by POST");
    assertThat(status(after)).contains("; hit");
    assertThat(backend.received).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cache-Control: max-age=60",
        "Content-Location: /a",
        "Cache-Control: max-age=60\r\nContent-Location: /b",
        "Cache-Control: no-store\r\nContent-Location: /a",
        "Cache-Control: max-age=60\r\nContent-Location: /a\r\nContent-Encoding: gzip"
      })
  void oneThatDoesNotTellSoIsNotStored(String given) {
    fields = given;
    assertThat(status(post("/a", "Accept-Encoding: gzip;q=0.5, deflate"))).doesNotContain("stored");
    assertThat(got("/a")).isEqualTo("first by GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-HTTP-Method-Override: GET",
        "X-Forwarded-Host: evil.test",
        "Forwarded: host=evil.test",
        "If-None-Match: \"a\"",
        "Range: bytes=0-",
        "Connection: x-a\r\nX-A: 1",
        "Cache-Control: no-store",
        "Authorization: Basic YTpi"
      })
  void whatNoFetchWouldSendIsNotStored(String line) {
    fields = FRESH + "\r\nContent-Location: /a";
    assertThat(status(post("/a", line))).doesNotContain("stored");
    assertThat(got("/a")).isEqualTo("first by GET");
  }

  @Test
  void anotherFormOfTheUrlIsNotStored() {
    fields = FRESH + "\r\nContent-Location: /a";
    try (RawClient client = new RawClient(fra.http())) {
      String line = "POST /a HTTP/1.1\r\nHost: SHOP.test\r\nContent-Length: 0\r\n\r\n";
      assertThat(status(client.send(line).read())).doesNotContain("stored");
    }
    assertThat(status(post("/%61"))).doesNotContain("stored");
    assertThat(got("/a")).isEqualTo("first by GET");
  }

  @Test
  void onlyWhereTheServiceNamesPost() {
    fra.close();
    fra = site(CachePolicy.DEFAULT);
    fields = FRESH + "\r\nContent-Location: /a";
    assertThat(status(post("/a"))).doesNotContain("stored");
    assertThat(got("/a")).isEqualTo("first by GET");
  }

  @Test
  void oneThatIsNotWholeIsNotStored() {
    fields = FRESH + "\r\nContent-Location: /a";
    chunked = true;
    cut = true;
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n");
      assertThatThrownBy(client::read).isInstanceOf(RuntimeException.class);
    }
    cut = false;
    assertThat(got("/a")).isEqualTo("first by GET");
  }

  @Test
  void headGoesPastTheCacheWhereTheServiceDoesNotNameIt() {
    fra.close();
    fra = site(CachePolicy.DEFAULT.withMethods(List.of("GET")));
    fields = FRESH;
    got("/a");
    try (RawClient client = new RawClient(fra.http())) {
      String line = "HEAD /a HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      assertThat(status(client.send(line).readHead())).contains("fwd=method");
    }
  }
}
