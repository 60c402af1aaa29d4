package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a probe goes over the connection of the one before, and when it may not. */
class KeptConnectionsTest {
  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<ProbeResult> results = new LinkedBlockingQueue<>();
  private final ProbeRunner runner = new ProbeRunner(Runnable::run, PlainResponses::new);
  private final ScriptedBackends backends = new ScriptedBackends();

  @AfterEach
  void closeAll() throws IOException {
    runner.close();
    backends.close();
  }

  private static boolean ok(Socket client) throws IOException {
    client.getOutputStream().write(PlainResponses.ok("fine"));
    return true;
  }

  private ProbeTarget target(int port, int requestsPerConnection) {
    return runner.target(
        new ProbePlan(
            new ProbePlan.Http("/", "h", 200, 399, requestsPerConnection, Optional.empty()),
            "127.0.0.1",
            port,
            20_000));
  }

  private ProbeResult probe(ProbeTarget target, ConnectionUse use) throws InterruptedException {
    runner.run(target, use, results::add);
    return Optional.ofNullable(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
  }

  private void succeeds(ProbeTarget target, ConnectionUse use) throws InterruptedException {
    ProbeResult result = probe(target, use);
    assertThat(result.ok()).as(result.why()).isTrue();
  }

  @Test
  void aConnectionCarriesSoManyProbesAndTheLastOneSaysSo() throws Exception {
    ProbeTarget target = target(backends.serveRequests((client, number) -> ok(client)), 3);
    for (int i = 0; i < 7; i++) {
      succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    }
    assertThat(backends.accepted).hasValue(3);
    assertThat(backends.requests.stream().map(head -> head.contains("Connection: close")))
        .containsExactly(false, false, true, false, false, true, false);
  }

  @Test
  void aProbeOfABackendInDoubtGoesOverANewConnection() throws Exception {
    ProbeTarget target = target(backends.serveRequests((client, number) -> ok(client)), 100);
    succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    succeeds(target, ConnectionUse.NEW);
    assertThat(backends.accepted).hasValue(2);
    succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    assertThat(backends.accepted).hasValue(2);
  }

  @Test
  void aBackendThatEndsAKeptConnectionUnderTheRequestIsAskedAgainAndHasNotFailed()
      throws Exception {
    // The second request of each connection finds it closed, with a FIN or a reset.
    AtomicInteger closings = new AtomicInteger();
    ProbeTarget target =
        target(
            backends.serveRequests(
                (client, number) -> {
                  if (number == 0) {
                    return ok(client);
                  }
                  if (closings.getAndIncrement() % 2 == 0) {
                    client.setSoLinger(true, 0);
                  }
                  return false;
                }),
            100);
    for (int i = 0; i < 6; i++) {
      succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    }
    assertThat(backends.accepted).hasValue(6);
    assertThat(closings).hasValue(5);
  }

  @Test
  void aBackendThatEndsEveryConnectionWithoutAnAnswerFails() throws Exception {
    AtomicInteger answers = new AtomicInteger(1);
    ProbeTarget target =
        target(
            backends.serveRequests((client, number) -> answers.getAndDecrement() > 0 && ok(client)),
            100);
    succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    ProbeResult result = probe(target, ConnectionUse.KEPT_IF_OPEN);
    assertThat(result.ok()).isFalse();
    assertThat(result.why()).isEqualTo("GET /: closed without an answer");
    assertThat(backends.accepted).hasValue(2);
  }

  @Test
  void aBadStatusOnAKeptConnectionIsAFailure() throws Exception {
    ProbeTarget target =
        target(
            backends.serveRequests(
                (client, number) ->
                    number == 0
                        ? ok(client)
                        : ScriptedBackends.send(
                            client, "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")),
            100);
    succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    ProbeResult result = probe(target, ConnectionUse.KEPT_IF_OPEN);
    assertThat(result.ok()).isFalse();
    assertThat(result.why()).isEqualTo("GET /: status 503");
    assertThat(backends.accepted).hasValue(1);
  }

  @Test
  void aConnectionIsNotKeptWhenTheResponseDoesNotAllowIt() throws Exception {
    for (String response :
        List.of(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 X\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + "x".repeat(40_000))) {
      backends.accepted.set(0);
      ProbeTarget target =
          target(
              backends.serveRequests((client, number) -> ScriptedBackends.send(client, response)),
              100);
      succeeds(target, ConnectionUse.KEPT_IF_OPEN);
      succeeds(target, ConnectionUse.KEPT_IF_OPEN);
      assertThat(backends.accepted).as(response.substring(0, 50)).hasValue(2);
    }
  }

  @Test
  void aBodyThatBreaksOffIsNotJudgedAndItsConnectionIsNotKept() throws Exception {
    ProbeTarget target =
        target(
            backends.serveRequests(
                (client, number) -> {
                  ScriptedBackends.send(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
                  return false;
                }),
            100);
    for (int i = 0; i < 3; i++) {
      succeeds(target, ConnectionUse.KEPT_IF_OPEN);
    }
    assertThat(backends.accepted).hasValue(3);
  }

  @Test
  void bodiesThatDoNotEndTakeNoPlaceFromProbesThatWait() throws Exception {
    int port =
        backends.serveRequests(
            (client, number) ->
                ScriptedBackends.send(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"));
    ProbePlan plan =
        new ProbePlan(
            new ProbePlan.Http("/", "h", 200, 399, 100, Optional.empty()),
            "127.0.0.1",
            port,
            TimeUnit.HOURS.toMillis(1));
    for (int i = 0; i < ProbeRunner.MAX_RUNNING; i++) {
      runner.run(runner.target(plan), ConnectionUse.NEW, results::add);
    }
    for (int i = 0; i < ProbeRunner.MAX_RUNNING; i++) {
      assertThat(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
    succeeds(runner.target(plan), ConnectionUse.NEW);
  }

  @Test
  void aResponseThatComesLateIsNotTakenForTheNextOne() throws Exception {
    // The first probe times out; its response arrives when it has gone, and the next one is asked.
    ProbeTarget target =
        runner.target(
            new ProbePlan(
                new ProbePlan.Http("/", "h", 200, 399, 100, Optional.empty()),
                "127.0.0.1",
                backends.serveRequests(
                    (client, number) -> {
                      if (backends.accepted.get() == 1) {
                        client.getInputStream().read(); // Until the probe gives up.
                        return ok(client);
                      }
                      return ScriptedBackends.send(
                          client, "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
                    }),
                200));
    ProbeResult result = probe(target, ConnectionUse.KEPT_IF_OPEN);
    assertThat(result.why()).isEqualTo("GET / took longer than 200 ms");
    assertThat(probe(target, ConnectionUse.KEPT_IF_OPEN).why()).isEqualTo("GET /: status 404");
  }
}
