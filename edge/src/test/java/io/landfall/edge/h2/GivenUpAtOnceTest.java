package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Requests that their sender gives up: before a connection was asked for, or later. */
class GivenUpAtOnceTest {
  private static final int REQUESTS = 12;

  /** One event loop: how busy a backend is, each loop counts for itself. */
  @Test
  void requestsThatWereGivenUpDoNotCountAgainstTheBackendTheyWereFor() throws IOException {
    try (TestBackend one = TestBackend.saying("one");
        TestBackend other = TestBackend.saying("other");
        TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
        Socket node = new Socket(fra.overlay().getAddress(), fra.overlay().getPort())) {
      fra.publish(Signal.UP, TestSite.backends(one));
      RawFrames frames = new RawFrames().preface().settings(0, 0);
      for (int i = 0; i < REQUESTS; i++) {
        // Both are in one read.
        int stream = 2 * i + 1;
        frames.headers(stream, true, RawFrames.get("shop.test", "/")).reset(stream);
      }
      node.getOutputStream().write(frames.ping().bytes());
      TestSite.await(
          "all have begun and ended",
          () ->
              fra.decisionsOn("/").size() == REQUESTS
                  && fra.edge().stats().requestsInProgress() == 0);

      fra.publish(Signal.UP, TestSite.backends(one, other));
      int before = one.received.size();
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/turn").status()).isEqualTo(200);
      }
      assertThat(one.received).hasSize(before + REQUESTS / 2);
    }
  }

  @Test
  void aRequestThatIsResetByItsNodeIsOverThoughItsBackendDoesNotAnswer() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, "late");
        };
    try (TestBackend backend = new TestBackend(holding);
        TestSite fra = new TestSite("fra", 1);
        Socket node = new Socket(fra.overlay().getAddress(), fra.overlay().getPort())) {
      fra.publish(Signal.UP, TestSite.backends(backend));
      RawFrames begun = new RawFrames().preface().settings(0, 0);
      begun.headers(1, true, RawFrames.get("shop.test", "/"));
      node.getOutputStream().write(begun.bytes());
      TestSite.await("it is at the backend", () -> backend.received.size() == 1);
      node.getOutputStream().write(new RawFrames().reset(1).bytes());
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      go.countDown();
    }
  }
}
