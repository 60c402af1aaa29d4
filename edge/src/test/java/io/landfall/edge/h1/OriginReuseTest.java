package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.server.TestSite;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections to a backend carry another request, and how many there may be. */
class OriginReuseTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";
  private static final EdgeLimits.Connections FEW =
      new EdgeLimits.Connections(20_000, 3, 2, 4, 1_000);

  // One event loop: a pool is a loop's own.
  private final TestSite fra = new TestSite("fra", 1, c -> settings(c, EdgeLimits.defaults()));

  private static EdgeSettings settings(EdgeSettings c, EdgeLimits limits) {
    return new EdgeSettings(
        c.node(), c.identity(), c.cdnId(), c.listeners(), 1, limits, c.timeouts());
  }

  @AfterEach
  void close() {
    fra.close();
  }

  @Test
  void aConnectionWhoseUploadIsUnfinishedIsNotUsedAgain() {
    AtomicInteger strayBytes = new AtomicInteger();
    TestBackend.Behaviour early =
        (request, in, out) -> {
          if (!request.line().contains("/early")) {
            return TestBackend.ok(out, "clean");
          }
          // Ends the response in good order, and goes on reading the request's body.
          in.skipNBytes(5);
          TestBackend.ok(out, "early");
          strayBytes.addAndGet(in.readAllBytes().length);
          return false;
        };
    try (TestBackend backend = new TestBackend(early);
        RawClient upload = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      // What was used before, for a request that was whole.
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("clean");
      upload.send("PUT /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 500\r\n\r\nhello");
      assertThat(upload.read().body()).isEqualTo("early");
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("clean");
      assertThat(backend.accepted).hasSize(2);
      assertThat(strayBytes.get()).isZero();
    }
  }

  @Test
  void interimHeadsAreCountedForEachRequestAnew() {
    String interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(ResponseHead.MAX_INTERIM);
    TestBackend.Behaviour hinting =
        (request, in, out) -> TestBackend.raw(out, interim) && TestBackend.ok(out, "ok");
    try (TestBackend backend = new TestBackend(hinting);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 3; i++) {
        client.send(GET);
        for (int head = 0; head < ResponseHead.MAX_INTERIM; head++) {
          assertThat(client.readHead().status()).isEqualTo(103);
        }
        assertThat(client.read().body()).isEqualTo("ok");
      }
      assertThat(backend.accepted).hasSize(1);
    }
  }

  /** Whether the bytes of such a body come at all is anyone's guess. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      })
  void aConnectionIsNotUsedAgainAfter(String response) {
    TestBackend.Behaviour behaviour =
        (request, in, out) ->
            request.line().contains("/odd")
                ? TestBackend.raw(out, response)
                : TestBackend.ok(out, "clean");
    try (TestBackend backend = new TestBackend(behaviour);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET.replace("/ ", "/odd ")).read().status()).isIn(200, 204);
      assertThat(client.send(GET).read().body()).isEqualTo("clean");
      assertThat(backend.accepted).hasSize(2);
    }
  }

  @Test
  void a204WithALengthIsPassedOnWithoutIt() {
    TestBackend.Behaviour odd =
        (request, in, out) ->
            TestBackend.raw(out, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
    try (TestBackend backend = new TestBackend(odd);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 2; i++) {
        RawClient.Answer answer = client.send(GET).read();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.field("content-length")).isEmpty();
      }
    }
  }

  @Test
  void aPostGetsNoConnectionThatHasBeenIdleForAWhileAndAGetDoes() {
    try (TestBackend backend = TestBackend.saying("ok");
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      fra.letPass(1_000);
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      assertThat(backend.accepted).hasSize(1);
      fra.letPass(1_000);
      assertThat(client.send(POST).read().status()).isEqualTo(200);
      assertThat(backend.accepted).hasSize(2);
    }
  }

  /** As many as may be open are, one of them idle for too long to be trusted with a POST. */
  @Test
  void anIdleConnectionDoesNotKeepOutARequestThatMayNotHaveIt() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          if (request.line().contains("/hold")) {
            TestBackend.holdUntil(go);
          }
          return TestBackend.ok(out, "ok");
        };
    EdgeLimits usual = EdgeLimits.defaults();
    EdgeLimits limits = new EdgeLimits(usual.messages(), FEW, usual.attempts(), usual.windows());
    List<RawClient> holders = new ArrayList<>();
    try (TestBackend backend = new TestBackend(holding);
        TestSite nyc = new TestSite("nyc", 2, c -> settings(c, limits));
        RawClient client = new RawClient(nyc.http())) {
      nyc.publish(Signal.UP, backends(backend));
      for (int i = 1; i < FEW.maxBackendConnections(); i++) {
        holders.add(new RawClient(nyc.http()).send(GET.replace("/ ", "/hold ")));
        int open = i;
        TestSite.await("it is at the backend", () -> backend.received.size() == open);
      }
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      nyc.letPass(1_000);
      assertThat(client.send(POST).read().status()).isEqualTo(200);
      assertThat(backend.accepted).hasSize(FEW.maxBackendConnections() + 1);
      go.countDown();
      for (RawClient holder : holders) {
        assertThat(holder.read().status()).isEqualTo(200);
        holder.close();
      }
    }
  }

  @Test
  void aConnectionThatIsIdleForLongIsClosedAndIsNoFailureOfTheBackend() {
    CountDownLatch ended = new CountDownLatch(1);
    TestBackend.Behaviour watching =
        (request, in, out) -> {
          TestBackend.ok(out, "ok");
          in.mark(1);
          int next = in.read();
          in.reset();
          if (next < 0) {
            ended.countDown();
          }
          return next >= 0;
        };
    long idleMillis = EdgeTimeouts.defaults().servers().backendIdleMillis();
    try (TestBackend backend = new TestBackend(watching);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      fra.letPass(idleMillis - 5_000);
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      assertThat(backend.accepted).hasSize(1);
      fra.letPass(idleMillis + 1);
      TestSite.await("the backend sees the end", () -> ended.getCount() == 0);
      assertThat(fra.failures).isEmpty();
    }
  }

  @Test
  void aBackendGetsNoMoreConnectionsThanItMayAndKeepsFewerIdle() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, "late");
        };
    EdgeLimits usual = EdgeLimits.defaults();
    EdgeLimits limits = new EdgeLimits(usual.messages(), FEW, usual.attempts(), usual.windows());
    try (TestBackend backend = new TestBackend(holding);
        TestSite nyc = new TestSite("nyc", 2, c -> settings(c, limits))) {
      nyc.publish(Signal.UP, backends(backend));
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < FEW.maxBackendConnections(); i++) {
        clients.add(new RawClient(nyc.http()).send(GET));
        int open = i + 1;
        TestSite.await("it is at the backend", () -> backend.received.size() == open);
      }
      RawClient.Answer beyond = RawClient.get(nyc.http(), "shop.test", "/");
      assertThat(beyond.status()).isEqualTo(503);
      assertThat(backend.accepted).hasSize(FEW.maxBackendConnections());
      go.countDown();
      for (RawClient client : clients) {
        assertThat(client.read().body()).isEqualTo("late");
        client.close();
      }
      TestSite.await(
          "one of them is closed", () -> backend.openConnections() == FEW.maxIdlePerBackend());
      // And what was closed is not counted any more.
      for (int i = 0; i < 2 * FEW.maxBackendConnections(); i++) {
        assertThat(RawClient.get(nyc.http(), "shop.test", "/").body()).isEqualTo("late");
      }
      assertThat(backend.accepted).hasSize(FEW.maxBackendConnections());
    }
  }

  @Test
  void theConnectionThatWasUsedLastIsUsedNext() {
    CountDownLatch go = new CountDownLatch(1);
    List<Integer> usedFor = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger connections = new AtomicInteger();
    Map<InputStream, Integer> numbers = Collections.synchronizedMap(new IdentityHashMap<>());
    TestBackend.Behaviour numbered =
        (request, in, out) -> {
          int number = numbers.computeIfAbsent(in, any -> connections.incrementAndGet());
          if (request.line().contains("/hold")) {
            TestBackend.holdUntil(go);
          }
          usedFor.add(number);
          return TestBackend.ok(out, "ok");
        };
    try (TestBackend backend = new TestBackend(numbered);
        RawClient holder = new RawClient(fra.http());
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      holder.send(GET.replace("/ ", "/hold "));
      TestSite.await("it is at the backend", () -> backend.received.size() == 1);
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      go.countDown();
      assertThat(holder.read().status()).isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(usedFor).containsExactly(2, 1, 1, 1, 1);
    }
  }

  @Test
  void aConnectionThatTheBackendClosesWhileItIsIdleIsReportedAgainInALaterTick() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour closing =
        (request, in, out) -> {
          if (request.line().contains("/hold")) {
            TestBackend.holdUntil(go);
            return TestBackend.ok(out, "held");
          }
          return !TestBackend.ok(out, "ok");
        };
    try (TestBackend backend = new TestBackend(closing);
        RawClient holder = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      // What is known of the backend is forgotten with its last connection.
      holder.send(GET.replace("/ ", "/hold "));
      TestSite.await("it is at the backend", () -> backend.received.size() == 1);
      for (int ended = 1; ended <= 3; ended++) {
        int reports = ended;
        assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
        TestSite.await("it is reported", () -> fra.failures.size() == reports);
        // The next tick comes.
        fra.letPass(1);
      }
      assertThat(fra.failures).containsOnly(OriginFailure.IDLE_CLOSED);
      go.countDown();
      assertThat(holder.read().body()).isEqualTo("held");
    }
  }

  @Test
  void aPooledConnectionThatEndsInsideOfAHeadIsAFailureAndNotAnEndThatCrossedTheRequest() {
    TestBackend.Behaviour half =
        (request, in, out) ->
            request.line().contains("/half")
                ? !TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Le")
                : TestBackend.ok(out, "ok");
    try (TestBackend backend = new TestBackend(half);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      assertThat(client.send(GET.replace("/ ", "/half ")).read().status()).isEqualTo(502);
      assertThat(fra.failures).containsExactly(OriginFailure.CLOSED_BEFORE_HEAD);
      assertThat(backend.received).hasSize(2);
    }
  }

  /** Some leave before the connection to the backend is asked for, some after. */
  @Test
  void clientsThatLeaveAtOnceTakeNoConnectionsForEver() throws Exception {
    EdgeLimits usual = EdgeLimits.defaults();
    EdgeLimits limits = new EdgeLimits(usual.messages(), FEW, usual.attempts(), usual.windows());
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite nyc = new TestSite("nyc", 2, c -> settings(c, limits))) {
      nyc.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 50; i++) {
        try (Socket leaving = new Socket(nyc.http().getAddress(), nyc.http().getPort())) {
          leaving.setSoLinger(true, 0);
          leaving.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
        }
      }
      TestSite.await("all are gone", () -> nyc.edge().stats().requestsInProgress() == 0);
      for (int i = 0; i < 2 * FEW.maxBackendConnections(); i++) {
        RawClient.Answer answer = RawClient.get(nyc.http(), "shop.test", "/");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      }
    }
  }
}
