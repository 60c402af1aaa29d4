package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is tried again, where, and what never is. */
class RetryTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String PUT =
      "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";

  @Test
  void aRefusedBackendIsReportedAndTheNextOneAnswers() throws Exception {
    try (TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(
          Signal.UP,
          List.of(new OriginServer(nobody(), true), new OriginServer(good.address(), true)));
      for (int i = 0; i < 4; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("good");
      }
      assertThat(fra.failures).contains(OriginFailure.REFUSED);
    }
  }

  @Test
  void aDescriptorThatThisProcessLacksIsNoFailureOfTheBackend() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = TestSite.withoutDescriptors("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.field("proxy-status")).get().asString().contains("NO_DESCRIPTOR:");
      assertThat(fra.failures).isEmpty();
    }
  }

  @Test
  void aPostWhoseConnectionIsRefusedGoesElsewhereBecauseNoByteWasSent() throws Exception {
    try (TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(
          Signal.UP, List.of(new OriginServer(nobody(), true)), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(POST).read().body()).isEqualTo("good");
      }
      assertThat(good.received.getFirst().bodyLength()).isEqualTo(5);
      fra.awaitLastDecision(Reason.REMOTE_UP);
      assertThat(fra.lastDecision().attempts()).isEqualTo(2);
    }
  }

  @Test
  void aGetWhoseBackendClosesBeforeTheHeadIsRepeatedAtTheAlternate() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(Signal.UP, backends(closing), nyc.candidate(Signal.UP, 1));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("good");
      assertThat(fra.failures).containsExactly(OriginFailure.CLOSED_BEFORE_HEAD);
    }
  }

  @Test
  void aPostIsNeverRepeatedOnceBytesReachedABackend() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(Signal.UP, backends(closing), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        RawClient.Answer answer = client.send(POST).read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.field("proxy-status").orElseThrow())
            .startsWith("fra; error=connection_terminated");
      }
      assertThat(closing.received).hasSize(1);
      assertThat(good.received).isEmpty();
    }
  }

  /** Answers the first request of each connection, and closes where a second one comes. */
  private static TestBackend closingOnTheSecondRequest() {
    Set<InputStream> used = ConcurrentHashMap.newKeySet();
    return new TestBackend((request, in, out) -> used.add(in) && TestBackend.ok(out, "first"));
  }

  @Test
  void aGetOnAPooledConnectionThatTheBackendClosesIsSentOnceMoreOnANewOne() {
    try (TestBackend backend = closingOnTheSecondRequest();
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (TestSite site : List.of(nyc, fra)) {
        try (RawClient client = new RawClient(site.http())) {
          for (int i = 0; i < 20; i++) {
            assertThat(client.send(GET).read().body()).isEqualTo("first");
            assertThat(client.send(PUT).read().body()).isEqualTo("first");
          }
        }
      }
      assertThat(backend.received)
          .filteredOn(r -> r.line().startsWith("PUT"))
          .allMatch(r -> r.bodyLength() == 5);
      assertThat(nyc.failures).containsOnly(OriginFailure.IDLE_CLOSED);
    }
  }

  @Test
  void aPostOnAPooledConnectionThatTheBackendClosesIsNotSentAgain() {
    try (TestBackend backend = closingOnTheSecondRequest();
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      RawClient.Answer answer = client.send(POST).read();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=connection_terminated");
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void aBackendThatClosesNewConnectionsTooIsAskedOnceMoreOnly() {
    AtomicInteger count = new AtomicInteger();
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> count.getAndIncrement() == 0 && TestBackend.ok(out, "ok"));
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      assertThat(backend.received).hasSize(3);
    }
  }

  @Test
  void aPutWithASmallBodyIsRepeatedWithItsBody() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(Signal.UP, backends(closing), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(POST.replace("POST", "PUT")).read().body()).isEqualTo("good");
      }
      assertThat(good.received.getFirst().bodyLength()).isEqualTo(5);
    }
  }

  @Test
  void aNodeThatDeclinesIsFollowedByTheNextAndItsMarkIsNotShown() {
    try (TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.DOWN, List.of());
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient client = new RawClient(fra.http())) {
        RawClient.Answer answer = client.send(POST).read();
        assertThat(answer.body()).isEqualTo("good");
        assertThat(answer.field("landfall-decline")).isEmpty();
      }
      nyc.awaitLastDecision(Reason.NOT_HERE);
      fra.awaitLastDecision(Reason.REMOTE_UP);
      assertThat(fra.lastDecision().target()).isEqualTo("sin");
    }
  }

  @Test
  void whenEveryNodeDeclinesTheClientHearsOfIt() {
    try (TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.DOWN, List.of());
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.field("landfall-decline")).isEmpty();
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=destination_unavailable; details=\"DECLINED");
    }
  }

  @Test
  void aNodeWhoseBackendDiesHandsTheGetBackSoThatTheNextSiteAnswers() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.UP, backends(closing));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("good");
      try (RawClient client = new RawClient(fra.http())) {
        RawClient.Answer post = client.send(POST).read();
        assertThat(post.status()).isEqualTo(502);
        assertThat(post.body()).contains("CLOSED").contains("nyc");
      }
      assertThat(good.received).hasSize(1);
    }
  }

  @Test
  void anUnreachableNodeIsSkipped() {
    try (TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      fra.publish(Signal.DRAINING, backends(good), nyc.candidate(Signal.UP, 1));
      fra.failDials(true);
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("good");
      fra.awaitLastDecision(Reason.LOCAL_DRAINING);
    }
  }

  @Test
  void aNodeThatDiesBeforeTheHeadIsReplacedAndAfterItTheResponseBreaksOff() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    TestBackend.Behaviour stuck =
        (request, in, out) -> {
          if (request.line().contains("/head")) {
            TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          }
          started.incrementAndGet();
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(stuck);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.UP, backends(hanging));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient before = new RawClient(fra.http());
          RawClient after = new RawClient(fra.http())) {
        before.send(GET);
        after.send(GET.replace("/ ", "/head "));
        TestSite.await("both requests are at the backend", () -> started.get() == 2);
        assertThat(after.readHead().status()).isEqualTo(200);
        nyc.dropOverlay();
        assertThat(before.read().body()).isEqualTo("good");
        assertThat(new String(after.readExactly(5), java.nio.charset.StandardCharsets.US_ASCII))
            .isEqualTo("hello");
        assertThat(after.isEnded()).isTrue();
      }
      never.countDown();
    }
  }

  @Test
  void aHangingBackendWhoseServiceIsDeclaredDownLosesItsGetsToTheNextSite() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(good));
      fra.publish(Signal.UP, backends(hanging), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        client.send(GET);
        TestSite.await("the request hangs", () -> hanging.received.size() == 1);
        fra.publish(
            Signal.DOWN,
            List.of(new OriginServer(hanging.address(), false)),
            nyc.candidate(Signal.UP, 1));
        fra.edge().servicesChanged(Set.of(TestSite.SHOP));
        assertThat(client.read().body()).isEqualTo("good");
      }
      never.countDown();
    }
  }

  @Test
  void aCandidateThatDisappearsLosesItsGetsToTheNext() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.UP, backends(hanging));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient client = new RawClient(fra.http())) {
        client.send(GET);
        TestSite.await("the request hangs", () -> hanging.received.size() == 1);
        fra.publish(Signal.DOWN, List.of(), sin.candidate(Signal.UP, 2));
        fra.edge().servicesChanged(Set.of(TestSite.SHOP));
        assertThat(client.read().body()).isEqualTo("good");
      }
      never.countDown();
    }
  }

  @Test
  void aForwardedGetThatWaitsWhereTheServiceGoesDownIsHandedBack() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.UP, backends(hanging));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient client = new RawClient(fra.http())) {
        client.send(GET);
        TestSite.await("the request hangs", () -> hanging.received.size() == 1);
        nyc.publish(Signal.DOWN, List.of());
        nyc.edge().servicesChanged(Set.of(TestSite.SHOP));
        assertThat(client.read().body()).isEqualTo("good");
        nyc.awaitLastDecision(Reason.NOT_HERE);
      }
      never.countDown();
    }
  }

  @Test
  void anIdleConnectionThatTheBackendClosesIsReported() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      backend.dropConnections();
      TestSite.await(
          "the closed idle connection is reported",
          () -> fra.failures.contains(OriginFailure.IDLE_CLOSED));
    }
  }

  private static InetSocketAddress nobody() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }
}
