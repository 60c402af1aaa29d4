package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets on loopback and real processes. */
class ProbeRunnerTest {
  /** Long enough for a busy machine, short enough for a test. */
  private static final long PATIENCE_SECONDS = 30;

  private static final ProbePlan.Tcp TCP = new ProbePlan.Tcp(Optional.empty());

  /** Where a test backend listens. */
  private record BackendAddress(String host, int port) {}

  private final BlockingQueue<ProbeResult> results = new LinkedBlockingQueue<>();
  private final ProbeRunner runner = new ProbeRunner(Runnable::run, PlainResponses::new);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @TempDir Path dir;

  @AfterEach
  void closeAll() throws Exception {
    runner.close();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private interface Answer {
    void to(Socket client) throws Exception;
  }

  /** A server that treats each connection in the same way, one after the other. */
  private BackendAddress serve(Answer answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    toClose.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                  answer.to(client);
                } catch (Exception e) {
                  // The server was closed, or the probe has gone; the test sees the probe's result.
                }
              }
            });
    return new BackendAddress("127.0.0.1", server.getLocalPort());
  }

  private BackendAddress answering(String bytes) throws IOException {
    return serve(
        client -> {
          readHead(client);
          client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        });
  }

  private static String readHead(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = client.getInputStream().read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static BackendAddress nobody() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new BackendAddress("127.0.0.1", server.getLocalPort());
    }
  }

  private ProbeResult probe(ProbePlan.Check check, long timeoutMillis, BackendAddress backend)
      throws InterruptedException {
    return probe(target(check, timeoutMillis, backend), ConnectionUse.KEPT_IF_OPEN);
  }

  private ProbeTarget target(ProbePlan.Check check, long timeoutMillis, BackendAddress backend) {
    return runner.target(new ProbePlan(check, backend.host(), backend.port(), timeoutMillis));
  }

  private ProbeResult probe(ProbeTarget target, ConnectionUse use) throws InterruptedException {
    runner.run(target, use, results::add);
    return Optional.ofNullable(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
  }

  private static ProbePlan.Http http(String path, int requestsPerConnection) {
    return new ProbePlan.Http(
        path, "shop.example", 200, 399, requestsPerConnection, Optional.empty());
  }

  private ProbeResult get(BackendAddress backend) throws InterruptedException {
    return probe(http("/healthz?x=1", 1), 10_000, backend);
  }

  private void failsWith(String why, ProbeResult result) {
    assertThat(result.ok()).as(result.why()).isFalse();
    assertThat(result.why()).contains(why);
  }

  @Test
  void tcpSucceedsWhenSomebodyListens() throws Exception {
    assertThat(probe(TCP, 10_000, serve(client -> {})).ok()).isTrue();
  }

  @Test
  void tcpFailsWhenNobodyListens() throws Exception {
    failsWith("refused", probe(TCP, 10_000, nobody()));
  }

  @Test
  void aHostThatDoesNotResolveFails() throws Exception {
    failsWith("does not resolve", probe(TCP, 10_000, new BackendAddress("no such host", 80)));
  }

  @Test
  void httpSucceedsFrom200To399() throws Exception {
    for (int status : new int[] {200, 204, 301, 399}) {
      ProbeResult result = get(answering("HTTP/1.1 " + status + " X\r\n\r\n"));
      assertThat(result.ok()).as(result.why()).isTrue();
      assertThat(result.why()).contains("status " + status);
    }
  }

  @Test
  void httpFailsOnEveryOtherStatus() throws Exception {
    for (int status : new int[] {400, 404, 500, 503, 599}) {
      failsWith("status " + status, get(answering("HTTP/1.1 " + status + " X\r\n\r\n")));
    }
  }

  @Test
  void httpSendsOnePlainRequest() throws Exception {
    BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    BackendAddress backend =
        serve(
            client -> {
              heads.add(readHead(client));
              client
                  .getOutputStream()
                  .write("HTTP/1.0 200 OK\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
            });
    assertThat(get(backend).ok()).isTrue();
    assertThat(heads.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .startsWith("GET /healthz?x=1 HTTP/1.1\r\n")
        .contains("\r\nHost: shop.example\r\n")
        .contains("\r\nConnection: close\r\n");
  }

  @Test
  void interimAnswersAreSkipped() throws Exception {
    ProbeResult result =
        get(answering("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"));
    assertThat(result.ok()).as(result.why()).isTrue();
  }

  @Test
  void aBackendIsDownWhenTheReaderOfResponsesRefusesWhatItSends() throws Exception {
    failsWith("no status line", get(answering("SSH-2.0-OpenSSH\r\n\r\n")));
    failsWith("no status line", get(answering("HTTP/2 200\r\n\r\n")));
    failsWith("without an answer", get(answering("")));
    failsWith("inside the head", get(answering("HTTP/1.1 200 OK\r\n")));
  }

  @Test
  void aBackendThatHangsFailsAtTheTimeout() throws Exception {
    BackendAddress backend = serve(client -> client.getInputStream().readAllBytes());
    failsWith("longer than 100 ms", probe(http("/", 1), 100, backend));
  }

  @Test
  void aBackendThatDripsCannotExtendTheTimeout() throws Exception {
    BackendAddress backend =
        serve(
            client -> {
              OutputStream out = client.getOutputStream();
              out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write('x');
                Thread.sleep(5); // The drip itself; nothing waits for it.
              }
            });
    failsWith("longer than 200 ms", probe(http("/", 1), 200, backend));
  }

  @Test
  void aBodyThatNeverEndsDoesNotDelayTheVerdict() throws Exception {
    BackendAddress backend =
        serve(
            client -> {
              readHead(client);
              client
                  .getOutputStream()
                  .write("HTTP/1.1 200 OK\r\n\r\nx".getBytes(StandardCharsets.US_ASCII));
              client.getInputStream().readAllBytes();
            });
    ProbeResult result = probe(http("/", 1), 3_600_000, backend);
    assertThat(result.ok()).as(result.why()).isTrue();
  }

  private ProbeResult exec(long timeoutMillis, String... argv) throws InterruptedException {
    return probe(
        new ProbePlan.Exec(List.of(argv)), timeoutMillis, new BackendAddress("127.0.0.9", 4242));
  }

  @Test
  void aCommandSucceedsByItsExitStatus() throws Exception {
    assertThat(exec(10_000, "true").ok()).isTrue();
    failsWith("exit status 3, sick", exec(10_000, "sh", "-c", "echo sick; exit 3"));
    failsWith("cannot start", exec(10_000, "/no/such/program"));
  }

  @Test
  void aCommandIsToldTheBackendAndGetsNoInput() throws Exception {
    ProbeResult result =
        exec(10_000, "sh", "-c", "echo $LANDFALL_BACKEND_HOST:$LANDFALL_BACKEND_PORT; cat");
    assertThat(result.ok()).isTrue();
    assertThat(result.why()).contains("127.0.0.9:4242");
  }

  @Test
  void aCommandThatPrintsWithoutEndIsNotBlockedAndNotKept() throws Exception {
    ProbeResult result = exec(20_000, "sh", "-c", "head -c 3000000 /dev/zero; echo; exit 0");
    assertThat(result.ok()).as(result.why()).isTrue();
    assertThat(result.why().length()).isLessThan(300);
  }

  @Test
  void aCommandThatHangsIsKilledWithItsChildren() throws Exception {
    Path pid = dir.resolve("pid");
    ProbeResult result = exec(1_000, "sh", "-c", "sleep 600 & echo $! > " + pid + "; wait");
    failsWith("killed", result);
    assertThat(pid).exists();
    long child = Long.parseLong(Files.readString(pid).strip());
    awaitDeath(child);
  }

  private static void awaitDeath(long pid) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (isRunning(pid)) {
      assertThat(System.nanoTime() - end).as("process %d is still running", pid).isNegative();
      Thread.sleep(5); // Between two looks at the condition.
    }
  }

  private static boolean isRunning(long pid) {
    try {
      // A zombie that nobody has collected yet is dead for us.
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void manyProbesAtOnceEachGetOneResult() throws Exception {
    BackendAddress backend = answering("HTTP/1.1 200 OK\r\n\r\n");
    int count = 2 * ProbeRunner.MAX_RUNNING;
    for (int i = 0; i < count; i++) {
      runner.run(target(http("/", 1), 20_000, backend), ConnectionUse.NEW, results::add);
    }
    for (int i = 0; i < count; i++) {
      assertThat(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(results.poll()).isNull();
  }

  @Test
  void afterCloseNothingIsStarted() throws Exception {
    BackendAddress backend = nobody();
    runner.close();
    runner.run(target(TCP, 500, backend), ConnectionUse.NEW, results::add);
    assertThat(results.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }
}
