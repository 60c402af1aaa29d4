package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that end their direction of the connection (TCP half-close) and go on reading. */
class HalfClosedClientTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private static TestBackend answeringAfter(CountDownLatch go) {
    return new TestBackend(
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, request.line().split(" ")[1]);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWholeRequestIsAnsweredAndTheConnectionClosed(boolean epoll) {
    CountDownLatch go = new CountDownLatch(1);
    try (TestBackend backend = answeringAfter(go);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = epoll ? new TestSite("fra", 1) : TestSite.withoutEpoll("fra", 1);
        RawClient served = new RawClient(nyc.http());
        RawClient forwarded = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      List<RawClient> clients = List.of(served, forwarded);
      clients.forEach(client -> client.send(GET).endOutput());
      TestSite.await("the requests are at the backend", () -> backend.received.size() == 2);
      go.countDown();
      for (RawClient client : clients) {
        RawClient.Answer answer = client.read();
        assertThat(answer.body()).isEqualTo("/");
        assertThat(answer.field("connection")).contains("close");
        assertThat(client.isEnded()).isTrue();
      }
    }
  }

  @Test
  void allPipelinedRequestsAreAnswered() {
    CountDownLatch go = new CountDownLatch(1);
    try (TestBackend backend = answeringAfter(go);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      String post = "POST /b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 3\r\n\r\nabc";
      client.send(GET.replace("/ ", "/a ") + post + GET.replace("/ ", "/c ")).endOutput();
      TestSite.await("the first is at the backend", () -> backend.received.size() == 1);
      go.countDown();
      for (String path : List.of("/a", "/b", "/c")) {
        assertThat(client.read().body()).isEqualTo(path);
      }
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void aRequestThatIsNotWholeEndsWithTheInput() {
    CountDownLatch ended = new CountDownLatch(1);
    TestBackend.Behaviour reading =
        (request, in, out) -> {
          try {
            while (in.read() >= 0) {
              // Reads to the end, or to the reset.
            }
          } finally {
            ended.countDown();
          }
          return false;
        };
    try (TestBackend backend = new TestBackend(reading);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send("POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 9\r\n\r\nhello");
      client.endOutput();
      assertThat(client.isEnded()).isTrue();
      TestSite.await("the upstream leg ended", () -> ended.getCount() == 0);
      TestSite.await("nothing is in progress", () -> fra.edge().stats().requestsInProgress() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HTT", "GET / HTTP/1.1\r\nHost: shop.test\r\n"})
  void withoutARequestTheConnectionIsClosedAtOnce(String start) {
    try (TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      client.send(start).endOutput();
      assertThat(client.isEnded()).isTrue();
      TestSite.await("no connection is left", () -> fra.edge().stats().clientConnections() == 0);
    }
  }

  @Test
  void aResetBehindTheEndOfInputEndsTheRequest() {
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
      RawClient client = new RawClient(fra.http()).send(GET).endOutput();
      TestSite.await("the request is at the backend", () -> backend.received.size() == 1);
      client.reset();
      TestSite.await("the backend's connection ended", () -> ended.getCount() == 0);
      TestSite.await("nothing is in progress", () -> fra.edge().stats().requestsInProgress() == 0);
    }
  }
}
