package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends that mean harm to the prober, or to the probes of others. */
class HostileBackendsTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final int MANY = 4 * ProbeRunner.MAX_RUNNING;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final String BAD = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n";

  @TempDir private Path dir;
  private final BlockingQueue<ProbeResult> results = new LinkedBlockingQueue<>();
  private final ProbeRunner runner = new ProbeRunner(Runnable::run, PlainResponses::new);
  private final ScriptedBackends backends = new ScriptedBackends();

  @AfterEach
  void closeAll() throws IOException {
    runner.close();
    backends.close();
  }

  /** Reads until the other side has closed. */
  private static void drain(Socket client) throws IOException {
    byte[] some = new byte[1024];
    while (client.getInputStream().read(some) >= 0) {
      // Nothing is expected.
    }
  }

  /** Waits for a byte as long as the socket does. */
  private static void awaitByte(Socket client) throws IOException {
    try {
      if (client.getInputStream().read() < 0) {
        throw new IOException("closed");
      }
    } catch (SocketTimeoutException e) {
      // None came, which is what it was for.
    }
  }

  private ProbeTarget target(int port, long timeoutMillis, Optional<ProbePlan.Tls> tls) {
    return runner.target(
        new ProbePlan(
            new ProbePlan.Http("/", "h", 200, 399, 100, tls), "127.0.0.1", port, timeoutMillis));
  }

  private ProbeTarget target(int port) {
    return target(port, 20_000, Optional.empty());
  }

  private ProbeResult take() throws InterruptedException {
    return Optional.ofNullable(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
  }

  private ProbeResult probe(ProbeTarget target) throws InterruptedException {
    runner.run(target, ConnectionUse.KEPT_IF_OPEN, results::add);
    return take();
  }

  @Test
  void anyNumberOfProbesThatFailAtOnceEachHaveAResult() throws Exception {
    ProbePlan.Tls absent = new ProbePlan.OwnTls(Optional.of(dir.resolve("absent.pem")), "h");
    ProbeTarget target = target(1, 20_000, Optional.of(absent));
    for (int i = 0; i < MANY; i++) {
      runner.run(target, ConnectionUse.KEPT_IF_OPEN, results::add);
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(take().why()).contains("absent.pem cannot be used");
    }
    // Whatever failed gave its place back.
    ProbeTarget good =
        target(
            backends.serve(
                client -> {
                  backends.readHead(client);
                  ScriptedBackends.send(client, OK);
                  drain(client);
                }));
    assertThat(probe(good).ok()).isTrue();
  }

  @Test
  void anAnswerOfAGibibyteIsAnswerEnoughAtItsHeadAndIsNotReadToItsEnd() throws Exception {
    AtomicLong sent = new AtomicLong();
    int port =
        backends.serve(
            client -> {
              backends.readHead(client);
              ScriptedBackends.send(
                  client, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
              byte[] some = new byte[65_536];
              while (true) {
                client.getOutputStream().write(some);
                sent.addAndGet(some.length);
              }
            });
    ProbeTarget target = target(port);
    for (int i = 0; i < 3; i++) {
      assertThat(probe(target).ok()).isTrue();
    }
    awaitClosed();
    assertThat(sent.get()).as("socket buffers, and no more").isLessThan(64L << 20);
  }

  @Test
  void aHeadThatTricklesForeverEndsWithTheTimeoutAndHoldsUpNoOther() throws Exception {
    int slow =
        backends.serve(
            client -> {
              backends.readHead(client);
              ScriptedBackends.send(client, "HTTP/1.1 200 OK\r\n");
              client.setSoTimeout(1);
              while (true) {
                ScriptedBackends.send(client, "x");
                awaitByte(client);
              }
            });
    int fast =
        backends.serve(
            client -> {
              backends.readHead(client);
              ScriptedBackends.send(client, OK);
              drain(client);
            });
    BlockingQueue<ProbeResult> late = new LinkedBlockingQueue<>();
    for (int i = 0; i < 20; i++) {
      runner.run(target(slow, 2_000, Optional.empty()), ConnectionUse.KEPT_IF_OPEN, late::add);
    }
    assertThat(probe(target(fast)).ok()).isTrue();
    for (int i = 0; i < 20; i++) {
      ProbeResult result =
          Optional.ofNullable(late.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
      assertThat(result.ok()).isFalse();
      assertThat(result.why()).isEqualTo("GET / took longer than 2000 ms");
    }
  }

  @Test
  void anAnswerThatWasSentBeforeItWasAskedForIsNoAnswer() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    CountDownLatch judged = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    int port =
        backends.serve(
            client -> {
              boolean first = connections.getAndIncrement() == 0;
              backends.readHead(client);
              ScriptedBackends.send(client, first ? OK : BAD);
              judged.await();
              ScriptedBackends.send(client, first ? OK : "");
              drain(client);
              closed.countDown();
            });
    ProbeTarget target = target(port);
    assertThat(probe(target).ok()).isTrue();
    judged.countDown();
    assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(probe(target).why()).isEqualTo("GET /: status 500");
    assertThat(connections).hasValue(2);
  }

  @Test
  void backendsThatStallInTheHandshakeEndWithTheTimeoutAndLeaveNothingOpen() throws Exception {
    int port = backends.serve(HostileBackendsTest::drain);
    ProbePlan.Tls any = new ProbePlan.OwnTls(Optional.empty(), "h");
    for (int i = 0; i < 200; i++) {
      runner.run(target(port, 1_000, Optional.of(any)), ConnectionUse.KEPT_IF_OPEN, results::add);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(take().why()).endsWith("took longer than 1000 ms");
    }
    awaitClosed();
  }

  @Test
  void aConnectionThatIsClosedBetweenTwoProbesFailsNone() throws Exception {
    for (boolean reset : List.of(false, true)) {
      int port =
          backends.serve(
              client -> {
                backends.readHead(client);
                ScriptedBackends.send(client, OK);
                client.setSoLinger(reset, 0);
              });
      ProbeTarget target = target(port);
      for (int i = 0; i < 50; i++) {
        assertThat(probe(target).ok()).isTrue();
      }
    }
  }

  private void awaitClosed() {
    Await.until("every connection is closed", () -> backends.open.get() == 0, backends.open::get);
  }
}
