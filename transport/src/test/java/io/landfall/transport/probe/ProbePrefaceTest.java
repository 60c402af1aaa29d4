package io.landfall.transport.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each connection of a probe begins with. */
class ProbePrefaceTest {
  private static final byte[] PREFACE = "PROXY UNKNOWN\r\n".getBytes(ISO_8859_1);
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<String> firsts = new LinkedBlockingQueue<>();
  private final ProbeRunner runner = new ProbeRunner(Runnable::run, PlainResponses::new);
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Tells what came up to one byte behind the preface, and closes. */
  private void accept() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        byte[] first = client.getInputStream().readNBytes(PREFACE.length + 1);
        firsts.add(new String(first, ISO_8859_1));
      } catch (IOException e) {
        // The server was closed.
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    runner.close();
    server.close();
  }

  private String firstOf(ProbePlan.Check check) throws InterruptedException {
    ProbePlan plan =
        new ProbePlan(
            check, "127.0.0.1", server.getLocalPort(), 20_000, Optional.of(PREFACE.clone()));
    runner.run(runner.target(plan), ConnectionUse.NEW, result -> {});
    return Optional.ofNullable(firsts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
  }

  @Test
  void itStandsInFrontOfEverythingAndOfTlsToo() throws Exception {
    String preface = new String(PREFACE, ISO_8859_1);
    assertThat(firstOf(new ProbePlan.Tcp(Optional.empty()))).isEqualTo(preface);
    assertThat(firstOf(new ProbePlan.Http("/", "a.test", 200, 399, 1, Optional.empty())))
        .isEqualTo(preface + "G");
    ProbePlan.Tls tls = new ProbePlan.OwnTls(Optional.empty(), "a.test");
    assertThat(firstOf(new ProbePlan.Tcp(Optional.of(tls)))).isEqualTo(preface + "\u0016");
  }
}
