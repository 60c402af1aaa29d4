package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Interim responses (RFC 9110 section 15.2), served and forwarded alike. */
class InterimResponsesTest {
  private static final String EXPECTING =
      RawClient.wire(
          """
          POST /early HTTP/1.1
          Host: shop.test
          Expect: 100-continue
          Content-Length: 5

          """);
  private static final String HINTS =
      RawClient.wire(
          """
          HTTP/1.1 102 Processing

          HTTP/1.1 103 Early Hints
          Link: </a.css>
          Keep-Alive: x
          landfall-x: y

          """);

  private static TestBackend backend;
  private static TestSite fra;
  private static TestSite nyc;

  @BeforeAll
  static void start() {
    backend =
        new TestBackend(
            (request, in, out) -> {
              if (request.line().startsWith("GET")) {
                TestBackend.raw(out, "HTTP/1.1 100 Continue\r\n\r\n" + HINTS);
                return TestBackend.ok(out, "ok");
              }
              if (request.line().contains("/early/no")) {
                return TestBackend.raw(out, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
              }
              TestBackend.raw(out, "HTTP/1.1 100 Continue\r\nX-From: origin\r\n\r\n");
              return TestBackend.ok(out, new String(in.readNBytes(5), StandardCharsets.US_ASCII));
            });
    fra = new TestSite("fra", 1);
    nyc = new TestSite("nyc", 2);
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  @AfterAll
  static void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private static List<TestSite> servedAndForwarded() {
    return List.of(nyc, fra);
  }

  @Test
  void whatABackendSaysBeforeItsAnswerIsPassedOn() {
    for (TestSite site : servedAndForwarded()) {
      try (RawClient client = new RawClient(site.http())) {
        client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(102);
        RawClient.Answer hints = client.readHead();
        assertThat(hints.status()).isEqualTo(103);
        assertThat(hints.all("link")).containsExactly("</a.css>");
        assertThat(hints.all("keep-alive")).isEmpty();
        assertThat(hints.all("landfall-x")).isEmpty();
        assertThat(hints.all("via").getFirst()).isEqualTo("1.1 nyc");
        assertThat(client.readHead().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aClientOfHttp10GetsTheAnswerAlone() {
    for (TestSite site : servedAndForwarded()) {
      try (RawClient client = new RawClient(site.http())) {
        client.send("GET / HTTP/1.0\r\nHost: shop.test\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(200);
        assertThat(backend.received.getLast().all("expect")).isEmpty();
      }
    }
  }

  @Test
  void anExpectationIsTheBackendsToMeet() {
    for (TestSite site : servedAndForwarded()) {
      try (RawClient client = new RawClient(site.http())) {
        RawClient.Answer go = client.send(EXPECTING).readHead();
        assertThat(go.status()).isEqualTo(100);
        assertThat(go.all("x-from")).containsExactly("origin");
        assertThat(backend.received.getLast().all("expect")).containsExactly("100-continue");
        assertThat(client.send("hello").read().body()).isEqualTo("hello");
      }
    }
  }

  @Test
  void anExpectationThatIsNotMetBringsTheBackendsAnswerAlone() {
    for (TestSite site : servedAndForwarded()) {
      try (RawClient client = new RawClient(site.http())) {
        client.send(EXPECTING.replace("/early", "/early/no"));
        RawClient.Answer no = client.readHead();
        assertThat(no.status()).isEqualTo(417);
        assertThat(no.field("connection")).contains("close");
        assertThat(client.isEnded()).isTrue();
      }
    }
  }

  @Test
  void aClientThatWaitsInVainForItAndSendsNothingPutsNoBackendInDoubt() {
    EdgeTimeouts quick =
        new EdgeTimeouts(
            new EdgeTimeouts.Clients(200, 5000, 5000),
            new EdgeTimeouts.Servers(1000, 3000, 300, 1000),
            5000,
            1000,
            2);
    try (TestBackend silent = new TestBackend((request, in, out) -> in.read() >= 0);
        TestSite site = new TestSite("sin", 3, TestSite.waiting(quick));
        RawClient client = new RawClient(site.http())) {
      site.publish(Signal.UP, backends(silent));
      assertThat(client.send(EXPECTING).readHead().status()).isEqualTo(504);
      assertThat(site.failures).isEmpty();
    }
  }

  @Test
  void aRequestWithoutABodyExpectsNothing() {
    for (TestSite site : servedAndForwarded()) {
      try (RawClient client = new RawClient(site.http())) {
        client.send("GET / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(102);
        assertThat(backend.received.getLast().all("expect")).isEmpty();
      }
    }
  }
}
