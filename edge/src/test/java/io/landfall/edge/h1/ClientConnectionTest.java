package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.RawClient;
import io.landfall.edge.SystemClock;
import io.landfall.edge.TestBackend;
import io.landfall.edge.access.RequestRecords;
import io.landfall.edge.server.EdgeServer;
import io.landfall.edge.server.EdgeStart;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client's connection behaves: order, persistence, patience, limits. */
class ClientConnectionTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pipelinedRequestsAreAnsweredInOrder(boolean epoll) {
    TestBackend.Behaviour echo =
        (request, in, out) -> TestBackend.ok(out, request.line().split(" ")[1]);
    try (TestBackend backend = new TestBackend(echo);
        TestSite fra = epoll ? new TestSite("fra", 1) : TestSite.withoutEpoll("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        all.append(GET.replace("/ ", "/" + i + " "));
        all.append("POST /p" + i + " HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 3\r\n\r\nabc");
      }
      client.send(all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.read().body()).isEqualTo("/" + i);
        assertThat(client.read().body()).isEqualTo("/p" + i);
      }
      assertThat(backend.accepted).hasSize(1);
    }
  }

  @Test
  void aHeadRequestGetsTheFieldsAndNoBody() {
    TestBackend.Behaviour head =
        (request, in, out) ->
            TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    try (TestBackend backend = new TestBackend(head);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer served = client.send(GET.replace("GET", "HEAD")).read(true);
      assertThat(served.field("content-length")).contains("1234");
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer forwarded = client.send(GET.replace("GET", "HEAD")).read(true);
      assertThat(forwarded.field("content-length")).contains("1234");
      fra.publish(Signal.DOWN, List.of());
      RawClient.Answer declined = client.send(GET.replace("GET", "HEAD")).read(true);
      assertThat(declined.status()).isEqualTo(503);
      fra.publish(Signal.UP, List.of(), nyc.candidate(Signal.UP, 1));
      assertThat(client.send(GET.replace("GET", "HEAD")).read(true).status()).isEqualTo(200);
    }
  }

  @Test
  void aClientOfHttp10IsTreatedAsOne() {
    TestBackend.Behaviour chunked =
        (request, in, out) ->
            request.line().contains("/sized")
                ? TestBackend.ok(out, "sized")
                : TestBackend.raw(
                    out,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
    try (TestBackend backend = new TestBackend(chunked);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = new RawClient(fra.http())) {
        String keep = "GET /sized HTTP/1.0\r\nHost: shop.test\r\nConnection: keep-alive\r\n\r\n";
        assertThat(client.send(keep).read().field("connection")).contains("keep-alive");
        RawClient.Answer unsized = client.send(keep.replace("/sized", "/")).read();
        assertThat(unsized.field("transfer-encoding")).isEmpty();
        assertThat(unsized.body()).isEqualTo("abcdef");
      }
      try (RawClient client = new RawClient(fra.http())) {
        RawClient.Answer answer =
            client.send("GET /sized HTTP/1.0\r\nHost: shop.test\r\n\r\n").read();
        assertThat(answer.field("connection")).contains("close");
        assertThat(client.isEnded()).isTrue();
      }
    }
  }

  @Test
  void aClientThatAsksToCloseIsClosed() {
    try (TestBackend backend = TestBackend.saying("bye");
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer =
          client.send("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: Close\r\n\r\n").read();
      assertThat(answer.body()).isEqualTo("bye");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void anExpectationWithoutASiteIsDeclinedAtOnce() {
    String expecting =
        "POST / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(expecting).read().status()).isEqualTo(503);
        assertThat(client.isEnded()).isTrue();
      }
    }
  }

  @Test
  void aBadChunkInTheMiddleBreaksOffTheUpstreamLeg() {
    CountDownLatch upstreamEnded = new CountDownLatch(1);
    TestBackend.Behaviour reading =
        (request, in, out) -> {
          try {
            while (in.read() >= 0) {
              // Reads to the end, or to the reset.
            }
          } finally {
            upstreamEnded.countDown();
          }
          return false;
        };
    try (TestBackend backend = new TestBackend(reading);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send(
          "POST /early HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      TestSite.await("the request is at the backend", () -> backend.received.size() == 1);
      client.send("zz\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      TestSite.await("the upstream leg ended", () -> upstreamEnded.getCount() == 0);
    }
  }

  @Test
  void anEarlyAnswerToAnUnfinishedUploadArrivesAndEndsTheConnection() {
    TestBackend.Behaviour early =
        (request, in, out) ->
            TestBackend.raw(out, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
    try (TestBackend backend = new TestBackend(early);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      for (boolean forward : new boolean[] {false, true}) {
        if (forward) {
          fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
        } else {
          fra.publish(Signal.UP, backends(backend));
        }
        try (RawClient client = new RawClient(fra.http())) {
          client.send(
              "POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100000\r\n\r\nhello");
          RawClient.Answer answer = client.read();
          assertThat(answer.status()).isEqualTo(403);
          assertThat(answer.body()).isEqualTo("no");
          assertThat(answer.field("connection")).contains("close");
          assertThat(client.isEnded()).isTrue();
        }
      }
    }
  }

  @Test
  void anUploadOfMegabytesThatWasAnsweredEarlyIsReadToItsEnd() {
    TestBackend.Behaviour early =
        (request, in, out) ->
            TestBackend.raw(out, "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
    int length = 16 << 20;
    try (TestBackend backend = new TestBackend(early);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = new RawClient(fra.http())) {
        String head = "POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + length;
        // Not read before all of it is sent, as many clients do.
        RawClient.Answer answer = client.send(head + "\r\n\r\n" + "a".repeat(length)).read();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("no");
      }
    }
  }

  @Test
  void aClientThatWasAnsweredEarlyMaySendForSoLongAndNoLonger() {
    ClientTimeouts waits = new ClientTimeouts(0);
    for (long now = 0; now <= LingeringClose.MAX_LINGER_NANOS; now += 1_000_000_000L) {
      waits.stillSends(now);
      assertThat(waits.hasLingered(now + LingeringClose.LINGER_NANOS)).isFalse();
      assertThat(waits.hasLingered(now + LingeringClose.LINGER_NANOS + 1)).isTrue();
    }
    long end = LingeringClose.MAX_LINGER_NANOS + LingeringClose.LINGER_NANOS + 1;
    waits.stillSends(end);
    assertThat(waits.hasLingered(end)).isTrue();
  }

  @Test
  void aBackendThatDoesNotAnswerInTimeIsReportedAndTheGetGoesElsewhere() {
    CountDownLatch never = new CountDownLatch(1);
    Semaphore asked = new Semaphore(0);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          asked.release();
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(Signal.UP, backends(hanging), nyc.candidate(Signal.UP, 1));
      assertThat(answeredLate(fra, asked).body()).isEqualTo("good");
      assertThat(fra.failures).contains(OriginFailure.RESPONSE_TIMEOUT);
      fra.publish(Signal.UP, backends(hanging));
      RawClient.Answer alone = answeredLate(fra, asked);
      assertThat(alone.status()).isEqualTo(504);
      assertThat(alone.field("proxy-status").orElseThrow())
          .startsWith("fra; error=http_response_timeout");
      never.countDown();
    }
  }

  /** A GET for which the time of a response is over once the backend has it. */
  private static RawClient.Answer answeredLate(TestSite site, Semaphore asked) {
    CompletableFuture<RawClient.Answer> answer =
        CompletableFuture.supplyAsync(() -> RawClient.get(site.http(), "shop.test", "/"));
    asked.acquireUninterruptibly();
    site.letPass(EdgeTimeouts.defaults().servers().responseHeadMillis() + 1);
    return answer.join();
  }

  @Test
  void beyondTheCapANewConnectionIsClosed() {
    EdgeLimits two = EdgeLimits.defaults().withClients(2);
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra =
            new TestSite(
                "fra",
                1,
                c ->
                    new EdgeSettings(
                        c.node(), c.identity(), c.cdnId(), c.listeners(), 1, two, c.timeouts()));
        RawClient one = new RawClient(fra.http());
        RawClient another = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(one.send(GET).read().status()).isEqualTo(200);
      assertThat(another.send(GET).read().status()).isEqualTo(200);
      try (RawClient third = new RawClient(fra.http())) {
        assertThat(third.isEnded()).isTrue();
      }
      assertThat(one.send(GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void aServiceAtItsLimitIsForwardedAndElseDeclinedAsOverloaded() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, "late");
        };
    try (TestBackend backend = new TestBackend(holding);
        TestBackend other = TestBackend.saying("other");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        RawClient holder = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(other));
      HostedService one = new HostedService(backends(backend), 1);
      fra.publish(Signal.UP, one);
      holder.send(GET);
      TestSite.await("the limit is reached", () -> backend.received.size() == 1);
      RawClient.Answer declined = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(declined.status()).isEqualTo(503);
      assertThat(declined.body()).contains("OVERLOADED");
      assertThat(declined.field("retry-after")).isPresent();
      fra.publish(Signal.UP, one, nyc.candidate(Signal.UP, 1));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
      fra.awaitLastDecision(Reason.LOCAL_FULL);
      go.countDown();
      assertThat(holder.read().body()).isEqualTo("late");
      TestSite.await("nothing is in progress", () -> fra.edge().stats().requestsInProgress() == 0);
      // It is not full any more.
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("late");
    }
  }

  @Test
  void aClientThatResetsItsConnectionTakesItsRequestWithIt() {
    CountDownLatch ended = new CountDownLatch(1);
    TestBackend.Behaviour waiting =
        (request, in, out) -> {
          try {
            assertThat(in.read()).isNegative();
          } finally {
            ended.countDown();
          }
          return false;
        };
    try (TestBackend backend = new TestBackend(waiting);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient client = new RawClient(fra.http()).send(GET);
      TestSite.await("the request is at the backend", () -> backend.received.size() == 1);
      client.reset();
      TestSite.await("the backend's connection ended", () -> ended.getCount() == 0);
      TestSite.await("nothing is in progress", () -> fra.edge().stats().requestsInProgress() == 0);
    }
  }

  @Test
  void aListenerThatCannotBeOpenedIsSaidSo() {
    try (TestSite fra = new TestSite("fra", 1)) {
      EdgeSettings config =
          new EdgeSettings(
              fra.name,
              fra.identity,
              "x.cdn.test",
              List.of(EdgeListener.plain(new java.net.InetSocketAddress("192.0.2.1", 1))),
              1,
              EdgeLimits.defaults(),
              EdgeTimeouts.defaults());
      assertThat(EdgeServer.start(config, fra.ports(), SystemClock.INSTANCE, RequestRecords.NONE))
          .isInstanceOf(EdgeStart.CannotListen.class);
    }
  }

  @Test
  void anAddressAtWhichAnotherEdgeListensIsNotShared() {
    try (TestSite fra = new TestSite("fra", 1)) {
      EdgeSettings second =
          new EdgeSettings(
              fra.name,
              fra.identity,
              "x.cdn.test",
              List.of(EdgeListener.plain(fra.http())),
              2,
              EdgeLimits.defaults(),
              EdgeTimeouts.defaults());
      assertThat(EdgeServer.start(second, fra.ports(), SystemClock.INSTANCE, RequestRecords.NONE))
          .isInstanceOfSatisfying(
              EdgeStart.CannotListen.class,
              no -> assertThat(no.why()).contains("Address already in use"));
    }
  }
}
