package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Authorization beside the cache, queues, HTTP/2, and what becomes a tunnel. */
class AuthorizationJointsTest {
  private static final String CACHEABLE =
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok";

  private final CountDownLatch held = new CountDownLatch(1);
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) -> {
            if (request.line().contains("/held")) {
              TestBackend.holdUntil(held);
            }
            return TestBackend.raw(out, CACHEABLE);
          });
  private final TestBackend authorizer =
      new TestBackend(
          (request, in, out) ->
              TestBackend.raw(
                  out,
                  request.all("cookie").isEmpty()
                      ? "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
                      : "HTTP/1.1 200 OK\r\n"
                          + (request.all("cookie").contains("nobody") ? "X-None: " : "X-User: ")
                          + request.all("cookie").getFirst()
                          + "\r\nContent-Length: 0\r\n\r\n"));

  @AfterEach
  void stop() {
    held.countDown();
    backend.close();
    authorizer.close();
  }

  private Service rules(Optional<Queue> queue, String... given) {
    return new Service(
        Service.NONE.access(),
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        queue,
        Optional.of(
            new AuthorizationSettings(
                new OriginPlace(authorizer.address(), Optional.empty()),
                AsciiString.of("auth.test"),
                "/",
                10_000,
                List.of(AsciiString.of("cookie")),
                List.of(given).stream().map(AsciiString::of).toList(),
                false,
                256)));
  }

  private UnaryOperator<EdgeSettings> cached(String... given) {
    return settings ->
        Rules.of(rules(Optional.empty(), given))
            .apply(settings)
            .with(CacheSettings.of(1 << 20, Map.of(TestSite.SHOP, CachePolicy.DEFAULT)));
  }

  @Test
  void theAnswerToAPostOfWhoIsKnownIsNotForReadsOfOthers() {
    CachePolicy storing =
        CachePolicy.DEFAULT.withMethods(List.of("GET", "HEAD", "POST")).withSliceBytes(0);
    String posted = CACHEABLE.replace("Content-Length", "Content-Location: /a\r\nContent-Length");
    try (TestBackend answering =
            new TestBackend((request, in, out) -> TestBackend.raw(out, posted));
        TestSite fra =
            new TestSite(
                "fra",
                1,
                settings ->
                    cached("x-user")
                        .apply(settings)
                        .with(CacheSettings.of(1 << 20, Map.of(TestSite.SHOP, storing))))) {
      fra.publish(Signal.UP, backends(answering));
      for (String who : List.of("ann", "nobody")) {
        try (RawClient client = new RawClient(fra.http())) {
          String post =
              "POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\nCookie: "
                  + who
                  + "\r\n\r\n";
          String status = client.send(post).read().field("cache-status").orElse("");
          assertThat(status.contains("stored"))
              .as("what %s got is stored: %s", who, status)
              .isEqualTo(who.equals("nobody"));
        }
      }
    }
  }

  private static RawClient.Answer ask(TestSite site, String path, String... lines) {
    try (RawClient client = new RawClient(site.http())) {
      StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n");
      List.of(lines).forEach(line -> text.append(line).append("\r\n"));
      return client.send(text + "\r\n").read();
    }
  }

  @Test
  void aHitIsForNobodyWhoIsRefused() {
    try (TestSite fra = new TestSite("fra", 1, cached())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(ask(fra, "/a", "Cookie: ann").status()).isEqualTo(200);
      TestSite.await(
          "it is a hit",
          () -> ask(fra, "/a", "Cookie: bob").field("cache-status").orElse("").contains("; hit"));
      int asked = backend.received.size();
      RawClient.Answer refused = ask(fra, "/a");
      assertThat(refused.status()).isEqualTo(302);
      assertThat(refused.all("cache-control")).containsExactly("no-store");
      assertThat(refused.all("age")).isEmpty();
      assertThat(ask(fra, "/a", "Cookie: bob").status()).isEqualTo(200);
      assertThat(backend.received).hasSize(asked);
    }
  }

  @Test
  void whatABackendMayAnswerByWhoAsksIsNotCachedHereAndNotBeyondTheHop() {
    try (TestSite nyc = new TestSite("nyc", 2, cached("x-user"));
        TestSite fra = new TestSite("fra", 1, cached("x-user"))) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (String who : List.of("ann", "bob")) {
        assertThat(ask(fra, "/a", "Cookie: " + who, "X-User: root").status()).isEqualTo(200);
        assertThat(backend.received.getLast().all("x-user")).containsExactly(who);
      }
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void overHttp2ARefusalAndABodyAreAlike() throws Exception {
    try (TestSite fra = new TestSite("fra", 1, Rules.of(rules(Optional.empty(), "x-user")));
        H2Client client = H2Client.open(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
      assertThat(client.statuses()).containsExactly("302");
      byte[] post = H2Client.request("POST", "/", "cookie", "ann");
      client.send(new RawFrames().headers(3, false, post).frame(0, 1, 3, new byte[9])).awaitEnd(3);
      assertThat(client.statuses()).containsExactly("302", "200");
      assertThat(backend.received.getFirst().all("x-user")).containsExactly("ann");
    }
  }

  @Test
  void aRequestIsAskedForOnceAndThenWaitsInTheQueue() {
    try (TestSite fra =
        new TestSite("fra", 1, Rules.of(rules(Optional.of(new Queue(5, 60_000)), "x-user")))) {
      fra.publish(Signal.UP, new HostedService(backends(backend), 1));
      try (RawClient first = new RawClient(fra.http());
          RawClient second = new RawClient(fra.http())) {
        first.send("GET /held HTTP/1.1\r\nHost: shop.test\r\nCookie: ann\r\n\r\n");
        TestSite.await("it is there", () -> !backend.received.isEmpty());
        second.send("GET /next HTTP/1.1\r\nHost: shop.test\r\nCookie: bob\r\n\r\n");
        TestSite.await("it waits", () -> fra.edge().stats().defences().queued().now() == 1);
        held.countDown();
        assertThat(first.read().status()).isEqualTo(200);
        assertThat(second.read().status()).isEqualTo(200);
      }
      assertThat(authorizer.received).hasSize(2);
      assertThat(backend.received.getLast().all("x-user")).containsExactly("bob");
    }
  }

  @Test
  void aTunnelIsOpenedOnlyForWhoIsAllowed() {
    String upgrade =
        RawClient.wire(
            """
            GET /ws HTTP/1.1
            Host: shop.test
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            """);
    try (TestBackend sockets =
            new TestBackend(
                (request, in, out) -> {
                  TestBackend.raw(
                      out,
                      RawClient.wire(
                          """
                          HTTP/1.1 101 Switching Protocols
                          Connection: Upgrade
                          Upgrade: websocket
                          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                          """));
                  out.write(in.read());
                  return false;
                });
        TestSite fra = new TestSite("fra", 1, Rules.of(rules(Optional.empty(), "x-user")))) {
      fra.publish(Signal.UP, backends(sockets));
      try (RawClient refused = new RawClient(fra.http())) {
        assertThat(refused.send(upgrade + "\r\n").read().status()).isEqualTo(302);
      }
      assertThat(sockets.received).isEmpty();
      try (RawClient client = new RawClient(fra.http())) {
        client.send(upgrade + "Cookie: ann\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(101);
        client.send("x");
        assertThat(client.readByte()).isEqualTo('x');
      }
      assertThat(sockets.received.getFirst().all("x-user")).containsExactly("ann");
    }
  }
}
