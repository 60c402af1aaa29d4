package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that two parsers could read differently do not pass; legal oddities do. */
class Http1ResponseParserTest {
  private static final AtomicReference<String> RESPONSE = new AtomicReference<>("");
  private static TestBackend backend;
  private static TestSite fra;

  @BeforeAll
  static void start() {
    backend =
        new TestBackend(
            (request, in, out) -> {
              TestBackend.raw(out, RESPONSE.get());
              return !request.line().contains("/end");
            });
    fra = new TestSite("fra", 1);
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterAll
  static void stop() {
    fra.close();
    backend.close();
  }

  @BeforeEach
  void forgetConnections() {
    backend.accepted.clear();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 999 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.x 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "SSH-2.0-OpenSSH\r\n\r\n"
      })
  void anAmbiguousResponseIsAnUpstreamFailure(String response) {
    RESPONSE.set(response);
    RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.field("proxy-status").orElseThrow())
        .startsWith("fra; error=http_protocol_error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nT: u\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2   \r\nok\r\n0 \r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 ;x=y\r\nok\r\n0\t; z\r\n\r\n",
        "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok"
      })
  void aLegalResponsePassesAndItsConnectionIsReused(String response) {
    RESPONSE.set(response);
    try (RawClient client = new RawClient(fra.http())) {
      for (int i = 0; i < 3; i++) {
        RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
      }
    }
    assertThat(backend.accepted.size()).isLessThanOrEqualTo(1);
  }

  @Test
  void bytesBehindAResponseNeverBecomeTheNextResponse() {
    RESPONSE.set(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
            + "\r\nevil");
    try (RawClient client = new RawClient(fra.http())) {
      for (int i = 0; i < 5; i++) {
        RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
        assertThat(answer.body()).isEqualTo("ok");
      }
    }
    assertThat(backend.accepted.size()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void aResponseWithoutALengthEndsWithItsConnection() {
    RESPONSE.set("HTTP/1.1 200 OK\r\n\r\nto the end");
    assertThat(RawClient.get(fra.http(), "shop.test", "/end").body()).isEqualTo("to the end");
  }

  @Test
  void aResponseThatBreaksOffIsBrokenOffForTheClientToo() {
    RESPONSE.set("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET /end HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readExactly(5)).hasSize(5);
      assertThat(client.isEnded()).isTrue();
    }
    assertThat(fra.failures).contains(OriginFailure.CLOSED_IN_RESPONSE);
  }

  @Test
  void viaTellsTheVersionInWhichTheResponseCame() {
    RESPONSE.set("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assertThat(RawClient.get(fra.http(), "shop.test", "/").all("via")).containsExactly("1.0 fra");
    RESPONSE.set("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assertThat(RawClient.get(fra.http(), "shop.test", "/").all("via")).containsExactly("1.1 fra");
  }

  @Test
  void aResetOfContentHasNone() {
    for (String body : new String[] {"Content-Length: 2\r\n\r\nno", "Content-Length: 0\r\n\r\n"}) {
      RESPONSE.set("HTTP/1.1 205 Reset Content\r\n" + body);
      try (RawClient client = new RawClient(fra.http())) {
        for (int i = 0; i < 2; i++) {
          RawClient.Answer reset = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
          assertThat(reset.status()).isEqualTo(205);
          assertThat(reset.all("content-length")).containsExactly("0");
        }
      }
    }
  }

  @Test
  void aStatusHasThePhraseOfRfc9110() {
    RESPONSE.set("HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\n\r\n");
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      assertThat(client.readLine()).isEqualTo("HTTP/1.1 413 Content Too Large");
    }
  }

  @Test
  void aBodylessStatusHasNoBodyWhateverItsFieldsSay() {
    RESPONSE.set("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: x\r\n\r\n");
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read().status())
          .isEqualTo(304);
      RESPONSE.set("HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n");
      RawClient.Answer none = client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
      assertThat(none.status()).isEqualTo(204);
      assertThat(none.field("content-length")).isEmpty();
      RESPONSE.set("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      assertThat(client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read().body())
          .isEqualTo("ok");
    }
  }
}
