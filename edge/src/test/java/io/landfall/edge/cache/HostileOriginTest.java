package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Origins that answer what was not asked for, and bodies that are longer than all memory. */
class HostileOriginTest {
  private static final int LEAVING = 8;
  private static final int START_BYTES = 1000;
  private static final int LONG_BYTES = 6 << 20;

  private static final String CONTROL = "Cache-Control: max-age=10\r\n";

  private static final String WHOLE =
      "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\n" + CONTROL + "Content-Length: 5\r\n\r\nwhole";

  private static final String PART =
      "HTTP/1.1 206 Partial Content\r\nETag: \"v2\"\r\n"
          + CONTROL
          + "Content-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nwh";

  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<RawClient> clients = new ArrayList<>();

  @AfterEach
  void closes() {
    mayEnd.countDown();
    clients.forEach(RawClient::close);
  }

  private RawClient asks(TestSite site) {
    RawClient client = new RawClient(site.http());
    clients.add(client);
    return client.send(CachedSite.get("/a"));
  }

  /** Tells no length; the start at once, the rest when it may. */
  private TestBackend longBody() {
    return new TestBackend(
        (request, in, out) -> {
          TestBackend.raw(
              out, "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n");
          TestBackend.raw(out, "a".repeat(START_BYTES));
          CoalescingTest.await(mayEnd);
          TestBackend.raw(out, "b".repeat(LONG_BYTES));
          return false;
        });
  }

  @Test
  void whoLeftBeforeABodyTurnedOutTooLongDoesNotStopIt() {
    try (TestBackend backend = longBody();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient stays = asks(fra);
      RawClient.Answer head = stays.readHead();
      List<RawClient> leaving = new ArrayList<>();
      for (int i = 0; i < LEAVING; i++) {
        leaving.add(asks(fra));
      }
      for (RawClient each : leaving) {
        each.readHead();
        each.reset();
      }
      TestSite.await("they left", () -> fra.edge().stats().requestsInProgress() == 2);
      mayEnd.countDown();
      assertThat(stays.readBody(head)).hasSize(START_BYTES + LONG_BYTES);
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aPartThatWasNotAskedForIsNotStored() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(out, asked.getAndIncrement() == 1 ? PART : WHOLE));
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      RawClient.Answer part = CachedSite.ask(fra, "/a", "Range: bytes=0-1");
      assertThat(backend.received.getLast().all("range")).isEmpty();
      assertThat(part.field("cache-status").orElseThrow()).endsWith("; detail=CONTENT_RANGE");
      RawClient.Answer whole = CachedSite.ask(fra, "/a");
      assertThat(whole.status()).isEqualTo(200);
      assertThat(whole.body()).isEqualTo("whole");
    }
  }

  @Test
  void aPartOfAWholeThatHasAContentRangeHasOursAlone() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                            + "Content-Range: bytes 7-9/100\r\nContent-Length: 5\r\n\r\nwhole"));
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      RawClient.Answer part = CachedSite.ask(fra, "/a", "Range: bytes=0-1");
      assertThat(part.all("content-range")).containsExactly("bytes 0-1/5");
      RawClient.Answer several = CachedSite.ask(fra, "/a", "Range: bytes=0-0, 3-3");
      assertThat(several.status()).isEqualTo(206);
      assertThat(several.all("content-range")).isEmpty();
      // In a 200 it means nothing (RFC 9110 section 14.4), and is stored as all fields are.
      assertThat(CachedSite.ask(fra, "/a").field("content-range")).contains("bytes 7-9/100");
    }
  }
}
