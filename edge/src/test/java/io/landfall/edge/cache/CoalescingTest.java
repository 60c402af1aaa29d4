package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many requests for one key at once: one fetch, and each reads it at its own speed. */
class CoalescingTest {
  private static final long MEMORY_BYTES = 64 << 20;
  private static final int LARGE_BYTES = 6 << 20;

  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<RawClient> clients = new ArrayList<>();

  @AfterEach
  void allGoHome() {
    mayAnswer.countDown();
    mayEnd.countDown();
    clients.forEach(RawClient::close);
  }

  /** Bytes that tell their place. */
  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + (i / 7 + i) % 26);
    }
    return bytes;
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException("never");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void head(OutputStream out, int length) throws IOException {
    TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: " + length + "\r\n\r\n");
  }

  /** Answers when it may, the second half when that may come. */
  private TestBackend slow(byte[] body) {
    return new TestBackend(
        (request, in, out) -> {
          await(mayAnswer);
          head(out, body.length);
          out.write(body, 0, body.length / 2);
          out.flush();
          await(mayEnd);
          out.write(body, body.length / 2, body.length - body.length / 2);
          out.flush();
          return true;
        });
  }

  private TestSite site() {
    return CachedSite.of("fra", 1, CachePolicy.DEFAULT, MEMORY_BYTES);
  }

  private RawClient asks(TestSite site, String path, String... lines) {
    RawClient client = new RawClient(site.http());
    clients.add(client);
    return client.send(CachedSite.get(path, lines));
  }

  private static void awaitWaiting(TestSite site, int requests) {
    TestSite.await(
        requests + " wait", () -> site.edge().stats().requestsInProgress() == requests + 1);
  }

  @Test
  void aHundredClientsOnTwoLoopsCauseOneFetchAndReadFromTheFirstByteOn() {
    byte[] body = bytes(200_000);
    try (TestBackend backend = slow(body);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 100; i++) {
        asks(fra, "/a");
      }
      awaitWaiting(fra, 100);
      mayAnswer.countDown();
      int collapsed = 0;
      for (RawClient client : clients) {
        RawClient.Answer head = client.readHead();
        assertThat(head.status()).isEqualTo(200);
        collapsed += head.field("cache-status").orElseThrow().contains("; collapsed") ? 1 : 0;
        // The first half is there while the second is not.
        assertThat(client.readExactly(body.length / 2)).isEqualTo(half(body, 0));
      }
      assertThat(collapsed).isEqualTo(99);
      mayEnd.countDown();
      for (RawClient client : clients) {
        assertThat(client.readExactly(body.length / 2)).isEqualTo(half(body, 1));
      }
      assertThat(backend.received).hasSize(1);
      assertThat(CachedSite.view(fra).requests().collapsed()).isEqualTo(99);
      assertThat(CachedSite.ask(fra, "/a").body())
          .isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void whoBeganTheFetchGetsItsInterimResponses() {
    byte[] body = bytes(2);
    TestBackend hinting =
        new TestBackend(
            (request, in, out) -> {
              TestBackend.raw(out, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
              await(mayAnswer);
              head(out, body.length);
              out.write(body);
              return true;
            });
    try (hinting;
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(hinting));
      RawClient first = asks(fra, "/a");
      RawClient.Answer hints = first.readHead();
      assertThat(hints.status()).isEqualTo(103);
      assertThat(hints.all("link")).containsExactly("</a.css>");
      assertThat(hints.all("via")).containsExactly("1.1 fra");
      RawClient second = asks(fra, "/a");
      awaitWaiting(fra, 2);
      mayAnswer.countDown();
      assertThat(first.readHead().status()).isEqualTo(200);
      assertThat(second.readHead().status()).isEqualTo(200);
      assertThat(hinting.received).hasSize(1);
    }
  }

  private static byte[] half(byte[] body, int which) {
    int from = which * body.length / 2;
    return java.util.Arrays.copyOfRange(body, from, from + body.length / 2);
  }

  @Test
  void aClientThatReadsNothingStopsNeitherTheFillNorTheOthers() {
    byte[] body = bytes(LARGE_BYTES);
    try (TestBackend backend = slow(body);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient reader = asks(fra, "/a");
      RawClient lazy = asks(fra, "/a");
      RawClient other = asks(fra, "/a");
      awaitWaiting(fra, 3);
      mayAnswer.countDown();
      mayEnd.countDown();
      String text = new String(body, StandardCharsets.ISO_8859_1);
      assertThat(reader.read().body()).isEqualTo(text);
      assertThat(other.read().body()).isEqualTo(text);
      assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow()).contains("hit");
      assertThat(lazy.read().body()).isEqualTo(text);
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void whatMayNotBeStoredReleasesAllOthersAtOnce() {
    int others = 20;
    CountDownLatch allThere = new CountDownLatch(others);
    AtomicInteger number = new AtomicInteger();
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  int mine = number.getAndIncrement();
                  if (mine == 0) {
                    await(mayAnswer);
                  } else {
                    // Only if none of them waits for another.
                    allThere.countDown();
                    await(allThere);
                  }
                  return TestBackend.raw(
                      out,
                      "HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Length: 2\r\n\r\n"
                          + (10 + mine));
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i <= others; i++) {
        asks(fra, "/a");
      }
      awaitWaiting(fra, others + 1);
      TestSite.await("one is asked for", () -> backend.received.size() == 1);
      mayAnswer.countDown();
      List<String> bodies = new ArrayList<>();
      for (RawClient client : clients) {
        RawClient.Answer answer = client.read();
        assertThat(answer.field("cache-status").orElseThrow()).endsWith("; detail=PRIVATE");
        bodies.add(answer.body());
      }
      assertThat(bodies).doesNotHaveDuplicates();
      assertThat(backend.received).hasSize(others + 1);
    }
  }

  @Test
  void forAWhileNoRequestWaitsForWhatWasNotStored() {
    CountDownLatch both = new CountDownLatch(2);
    AtomicInteger number = new AtomicInteger();
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  if (number.getAndIncrement() > 0) {
                    both.countDown();
                    await(both);
                  }
                  return TestBackend.raw(
                      out,
                      "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n");
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      asks(fra, "/a");
      asks(fra, "/a");
      for (RawClient client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void theFirstClientMayLeaveAndTheOthersGetAll() {
    byte[] body = bytes(LARGE_BYTES);
    try (TestBackend backend = slow(body);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient first = asks(fra, "/a");
      awaitWaiting(fra, 1);
      RawClient second = asks(fra, "/a");
      awaitWaiting(fra, 2);
      first.reset();
      awaitWaiting(fra, 1);
      mayAnswer.countDown();
      mayEnd.countDown();
      assertThat(second.read().body()).isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aSmallFillThatNoneWaitsForGoesOnAndIsStored() {
    byte[] body = bytes(100_000);
    try (TestBackend backend = slow(body);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient only = asks(fra, "/a");
      awaitWaiting(fra, 1);
      mayAnswer.countDown();
      only.readExactly(1000);
      only.reset();
      TestSite.await("it left", () -> fra.edge().stats().requestsInProgress() == 1);
      mayEnd.countDown();
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow()).contains("hit");
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aLargeFillThatNoneWaitsForIsGivenUp() {
    byte[] body = bytes(LARGE_BYTES);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  head(out, body.length);
                  out.write(body, 0, 10_000);
                  out.flush();
                  await(mayEnd);
                  return false;
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient only = asks(fra, "/a");
      only.readExactly(1000);
      only.reset();
      TestSite.await("all is over", () -> fra.edge().stats().requestsInProgress() == 0);
      assertThat(CachedSite.view(fra).fetches().broken()).isEqualTo(1);
      assertThat(CachedSite.view(fra).stored().bytes()).isZero();
    }
  }

  @Test
  void aFillThatBreaksOffIsNoObjectAndItsReadersSeeTheBreak() {
    byte[] body = bytes(100_000);
    AtomicInteger number = new AtomicInteger();
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  await(mayAnswer);
                  head(out, body.length);
                  boolean whole = number.getAndIncrement() > 0;
                  out.write(body, 0, whole ? body.length : body.length / 2);
                  out.flush();
                  if (!whole) {
                    await(mayEnd);
                  }
                  return whole;
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 10; i++) {
        asks(fra, "/a");
      }
      awaitWaiting(fra, 10);
      mayAnswer.countDown();
      for (RawClient client : clients) {
        assertThat(client.readHead().status()).isEqualTo(200);
        assertThat(client.readExactly(body.length / 2)).isEqualTo(half(body, 0));
      }
      mayEnd.countDown();
      for (RawClient client : clients) {
        assertThat(client.isEnded()).isTrue();
      }
      assertThat(CachedSite.view(fra).stored().keys()).isZero();
      assertThat(CachedSite.ask(fra, "/a").body())
          .isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void aFillThatFailsBeforeItsHeadIsOneFailureForAll() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  await(mayAnswer);
                  return false;
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 10; i++) {
        asks(fra, "/a");
      }
      awaitWaiting(fra, 10);
      mayAnswer.countDown();
      for (RawClient client : clients) {
        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.field("cache-status")).contains("fra.cdn.test; fwd=uri-miss");
      }
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aBodyThatTurnsOutTooLongIsStreamedToAllAndNotStored() {
    byte[] bytes = bytes(LARGE_BYTES);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  await(mayAnswer);
                  TestBackend.raw(
                      out,
                      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n");
                  out.write(bytes);
                  out.flush();
                  return false;
                });
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 4; i++) {
        asks(fra, "/a");
      }
      awaitWaiting(fra, 4);
      mayAnswer.countDown();
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      // Here a client that does not read stops the others: all read at once.
      List<CompletableFuture<String>> bodies = new ArrayList<>();
      for (RawClient client : clients) {
        CompletableFuture<String> body = new CompletableFuture<>();
        bodies.add(body);
        Thread.ofVirtual().start(() -> body.complete(client.read().body()));
      }
      assertThat(bodies).allMatch(each -> each.join().equals(text));
      assertThat(backend.received).hasSize(1);
      TestSite.await("all is freed", () -> CachedSite.view(fra).stored().bytes() == 0);
      assertThat(CachedSite.view(fra).stored().keys()).isZero();
    }
  }
}
