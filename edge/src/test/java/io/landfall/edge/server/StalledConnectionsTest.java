package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections on which bytes wait for who does not read, at times that the test sets. */
@ExtendWith(UnreadChannel.Closed.class)
class StalledConnectionsTest {
  private static final long IDLE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(EdgeTimeouts.defaults().bodyIdleMillis());
  private static final long SECOND = 1_000_000_000L;

  private final EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
  private final EventLoopState loop = (EventLoopState) edge.loop();
  private final long start = System.nanoTime() + SECOND;

  private static byte[] pings(int count) {
    RawFrames frames = new RawFrames();
    for (int i = 0; i < count; i++) {
      frames.ping();
    }
    return frames.bytes();
  }

  /** Not read at all: ended after the limit, and not before. */
  private void isEndedWhenNothingLeaves(UnreadChannel channel) {
    assertThat(channel.waitingBytes()).isPositive();
    loop.tick(start);
    loop.tick(start + IDLE_NANOS - SECOND);
    assertThat(channel.isOpen()).isTrue();
    loop.tick(start + IDLE_NANOS + SECOND);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(edge.runtime().counters().stalledConnections.sum()).isEqualTo(1);
    channel.finishAndReleaseAll();
  }

  @Test
  void aNodeThatReadsNoAnswersLosesItsConnection() {
    UnreadChannel channel = edge.otherNode(loop);
    byte[] bytes = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(bytes, 0, bytes.length);
    channel.deliver(pings(3_000), 0, 64 * 1024);
    isEndedWhenNothingLeaves(channel);
  }

  @Test
  void aNodeThatReadsNoRequestsLosesItsConnection() {
    UnreadChannel channel = edge.toNode(loop);
    byte[] bytes = new RawFrames().settings(0, 0).bytes();
    channel.deliver(bytes, 0, bytes.length);
    isEndedWhenNothingLeaves(channel);
  }

  @Test
  void aNodeThatReadsSlowlyKeepsItsConnection() {
    UnreadChannel channel = edge.otherNode(loop);
    byte[] bytes = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(bytes, 0, bytes.length);
    channel.deliver(pings(3_000), 0, 64 * 1024);
    for (int i = 0; i < 10; i++) {
      channel.take(10);
      loop.tick(start + i * (IDLE_NANOS - SECOND));
    }
    assertThat(channel.isOpen()).isTrue();
    channel.finishAndReleaseAll();
  }

  private UnreadChannel clientWithAnAnswer(String more) {
    UnreadChannel channel = edge.client(loop);
    byte[] request =
        ("GET / HTTP/1.1\r\nHost: unknown.test\r\n" + more + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    channel.deliver(request, 0, request.length);
    return channel;
  }

  @Test
  void aClientThatReadsNoAnswerLosesItsConnection() {
    isEndedWhenNothingLeaves(clientWithAnAnswer(""));
  }

  @Test
  void aClientThatReadsItsLastAnswerSlowlyGetsAllOfIt() {
    for (String more : new String[] {"", "Connection: close\r\n"}) {
      UnreadChannel channel = clientWithAnAnswer(more);
      long waited = channel.waitingBytes();
      assertThat(waited).isPositive();
      long now = start;
      while (channel.isOpen() && channel.waitingBytes() > 0) {
        channel.take(20);
        now += 10 * SECOND;
        loop.tick(now);
        channel.runPendingTasks();
      }
      String answer = new String(channel.taken(), StandardCharsets.US_ASCII);
      assertThat(answer).contains("421").endsWith("unknown.test'.\n");
      channel.finishAndReleaseAll();
    }
  }
}
