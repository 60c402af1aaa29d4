package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TlsBackends;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections to backends over HTTP/2: how many, when one ends, and what a backend may do there.
 */
class BackendConnectionsTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\nbody";
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int REFUSED_STREAM = 7;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = opened(new TestSite("fra", 1, H2Origin::oneLoop));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  private H2Origin published(H2Origin origin) {
    opened(origin);
    fra.publish(Signal.UP, List.of(origin.server()));
    return origin;
  }

  private RawClient.Answer ask(String request) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(request).read();
    }
  }

  private RawClient.Answer get() {
    return RawClient.get(fra.http(), "shop.test", "/");
  }

  private static RawFrames goAway(int last) {
    return new RawFrames()
        .frame(RawFrames.GOAWAY, 0, 0, new RawFrames().number(last, 4).number(0, 4).bytes());
  }

  @Test
  void whatAGoAwayLeavesUntouchedIsSentOnANewConnectionWhateverItsMethod() {
    AtomicInteger requests = new AtomicInteger();
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS && requests.incrementAndGet() == 1) {
                    from.send(goAway(0));
                  } else if (requests.get() > 1) {
                    H2Origin.sayAtTheEnd(frame, from, "hello");
                  }
                }));
    assertThat(ask(POST).body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(2);
    assertThat(origin.links.getLast().body(3)).isEqualTo("body");
  }

  @Test
  void aBackendThatLeavesEachConnectionIsNotAskedForEver() {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS) {
                    from.send(goAway(0));
                  }
                }));
    assertThat(ask(POST).status()).isEqualTo(503);
    assertThat(origin.links).hasSize(2);
  }

  @Test
  void behindAGoAwayRequestsUnderWayFinishAndOthersHaveANewConnection() {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS) {
                    from.send(goAway(Integer.MAX_VALUE));
                  }
                  H2Origin.sayAtTheEnd(frame, from, "hello");
                }));
    for (int i = 1; i <= 3; i++) {
      assertThat(ask(POST).body()).isEqualTo("hello");
    }
    assertThat(origin.links).hasSize(3);
  }

  @Test
  void whatIsRefusedGoesToTheNextBackendWhateverItsMethod() {
    H2Origin refusing =
        opened(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS) {
                    from.send(
                        new RawFrames()
                            .frame(
                                RawFrames.RST_STREAM,
                                0,
                                frame.stream(),
                                new RawFrames().number(REFUSED_STREAM, 4).bytes()));
                  }
                }));
    H2Origin taking = opened(H2Origin.saying("hello"));
    fra.publish(Signal.UP, List.of(refusing.server(), taking.server()));
    for (int i = 0; i < 4; i++) {
      assertThat(ask(POST).body()).isEqualTo("hello");
    }
    assertThat(refusing.links).isNotEmpty();
  }

  @Test
  void aConnectionThatEndsFailsItsOwnRequestsAndWhatMayBeRepeatedIs() {
    AtomicInteger requests = new AtomicInteger();
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS && requests.incrementAndGet() % 2 == 0) {
                    from.close();
                  } else {
                    H2Origin.sayAtTheEnd(frame, from, "hello");
                  }
                }));
    assertThat(get().body()).isEqualTo("hello");
    // On the connection that is there, which ends, and once more on a new one.
    assertThat(get().body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(2);
    // A POST may have been done.
    assertThat(ask(POST).status()).isEqualTo(502);
    assertThat(fra.failures).doesNotContain(OriginFailure.BAD_RESPONSE);
  }

  @Test
  void aBackendThatEndsEachConnectionIsAskedTwiceAtMost() {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS) {
                    from.close();
                  }
                }));
    assertThat(get().status()).isEqualTo(502);
    assertThat(origin.links).hasSizeLessThanOrEqualTo(2);
    assertThat(fra.failures).contains(OriginFailure.CLOSED_BEFORE_HEAD);
  }

  /** As many requests on a connection as the backend takes; for more there is one more. */
  @Test
  void aConnectionCarriesNoMoreRequestsThanItsSettingsAllow() throws Exception {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {}, // Answers nothing.
                new RawFrames().settings(MAX_CONCURRENT_STREAMS, 2),
                accepted -> accepted));
    try (H2Client client = H2Client.open(fra.http())) {
      for (int stream = 1; stream <= 11; stream += 2) {
        client.send(new RawFrames().headers(stream, true, H2Client.request("GET", "/")));
      }
      TestSite.await(
          "all have come, on three connections",
          () ->
              origin.links.size() == 3
                  && origin.links.stream().allMatch(link -> link.heads.size() == 2));
    }
  }

  private H2Origin paused() {
    return published(
        new H2Origin(
            (frame, from) -> H2Origin.sayAtTheEnd(frame, from, "hello"),
            new RawFrames().settings(MAX_CONCURRENT_STREAMS, 0),
            accepted -> accepted));
  }

  @Test
  void forABackendThatTakesNoRequestForNowAllWaitOnOneConnection() throws IOException {
    H2Origin origin = paused();
    List<RawClient> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(opened(new RawClient(fra.http())).send(POST));
    }
    TestSite.await("all are here", () -> fra.edge().stats().requestsInProgress() == 5);
    TestSite.await("it is open", () -> isSettled(origin));
    origin.links.getFirst().send(new RawFrames().settings(MAX_CONCURRENT_STREAMS, 20));
    for (RawClient client : waiting) {
      assertThat(client.read().body()).isEqualTo("hello");
    }
    assertThat(origin.links).hasSize(1);
  }

  /** Whether this node has read the SETTINGS of its only connection. */
  private static boolean isSettled(H2Origin origin) {
    return origin.links.size() == 1
        && origin.links.getFirst().seen.stream()
            .anyMatch(frame -> frame.type() == RawFrames.SETTINGS && frame.flags() == 1);
  }

  @Test
  void aBackendThatTakesNoRequestAtAllIsNotWaitedForForEver() {
    H2Origin origin = paused();
    for (int i = 0; i < 2; i++) {
      try (RawClient client = new RawClient(fra.http())) {
        client.send(POST);
        TestSite.await("it waits", () -> isSettled(origin));
        TestSite.await("it is here", () -> fra.edge().stats().requestsInProgress() == 1);
        fra.letPass(H2ClientPool.PAUSE_NANOS / 1_000_000 + 100);
        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("proxy-status")).get().asString().contains("NO_CAPACITY:");
      }
    }
    assertThat(origin.links).hasSize(1);
  }

  @Test
  void whereTheConnectionEndsOnWhichRequestsWaitTheyHaveAnother() throws IOException {
    H2Origin origin = paused();
    try (RawClient client = new RawClient(fra.http())) {
      client.send(POST);
      TestSite.await("it waits", () -> isSettled(origin));
      TestSite.await("it is here", () -> fra.edge().stats().requestsInProgress() == 1);
      origin.links.getFirst().send(goAway(0));
      TestSite.await("there is another", () -> origin.links.size() == 2);
      origin.links.getLast().send(new RawFrames().settings(MAX_CONCURRENT_STREAMS, 1));
      assertThat(client.read().body()).isEqualTo("hello");
    }
  }

  @Test
  void aBackendWithoutSettingsHasTimedOutAndItsConnectionIsNotOneThatEndedIdle() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RawClient client = new RawClient(fra.http())) {
      InetSocketAddress at = (InetSocketAddress) silent.getLocalSocketAddress();
      fra.publish(Signal.UP, List.of(H2Origin.at(at, Optional.empty())));
      client.send(POST);
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).as("the preface").isEqualTo('P');
        fra.letPass(EdgeTimeouts.defaults().servers().backendConnectMillis() + 1_000);
        assertThat(client.read().status()).isEqualTo(504);
        accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
    }
    published(H2Origin.saying("hello"));
    assertThat(get().body()).as("from the same event loop, later").isEqualTo("hello");
    assertThat(fra.failures).containsExactly(OriginFailure.CONNECT_TIMEOUT);
  }

  /** Requests wait for longer than what they wait for: the pool gives up first. */
  private static EdgeSettings patient(EdgeSettings usual) {
    EdgeTimeouts of = usual.timeouts();
    EdgeTimeouts.Servers servers =
        new EdgeTimeouts.Servers(
            of.servers().backendConnectMillis(),
            3_600_000,
            of.servers().responseHeadMillis(),
            of.servers().backendIdleMillis());
    return new EdgeSettings(
        usual.node(),
        usual.identity(),
        usual.cdnId(),
        usual.listeners(),
        1,
        usual.limits(),
        new EdgeTimeouts(
            of.clients(), servers, of.bodyIdleMillis(), of.drainMillis(), of.retryAfterSeconds()),
        usual.policies());
  }

  @Test
  void whatWaitedForABackendWithoutSettingsGoesToAnotherOneAndTheTimeOfTheLoopGoesOn()
      throws Exception {
    TestSite ams = opened(new TestSite("ams", 3, BackendConnectionsTest::patient));
    H2Origin other = opened(H2Origin.saying("hello"));
    try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      OriginServer hangs =
          H2Origin.at((InetSocketAddress) silent.getLocalSocketAddress(), Optional.empty());
      for (int round = 0; round < 2; round++) {
        ams.publish(Signal.UP, List.of(hangs));
        try (RawClient client = new RawClient(ams.http())) {
          client.send(POST);
          try (Socket accepted = silent.accept()) {
            assertThat(accepted.getInputStream().read()).as("the preface").isEqualTo('P');
            ams.publish(Signal.UP, List.of(hangs, other.server()));
            ams.letPass(EdgeTimeouts.defaults().servers().backendConnectMillis() + 1_000);
            assertThat(client.read().body()).as("in round " + round).isEqualTo("hello");
          }
        }
      }
    }
  }

  @Test
  void anIdleConnectionIsClosed() {
    H2Origin origin = published(H2Origin.saying("hello"));
    assertThat(get().body()).isEqualTo("hello");
    fra.letPass(EdgeTimeouts.defaults().servers().backendIdleMillis() - 1_000);
    assertThat(get().body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(1);
    fra.letPass(EdgeTimeouts.defaults().servers().backendIdleMillis() + 1_000);
    H2Origin.Link link = origin.links.getFirst();
    TestSite.await(
        "it ends with GOAWAY",
        () -> link.seen.stream().anyMatch(f -> f.type() == RawFrames.GOAWAY));
    assertThat(get().body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(2);
  }

  @Test
  void behindAnAnswerThatDidNotComeNewRequestsHaveANewConnection() {
    AtomicInteger requests = new AtomicInteger();
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS && requests.incrementAndGet() > 1) {
                    H2Origin.sayAtTheEnd(frame, from, "hello");
                  }
                }));
    try (RawClient client = new RawClient(fra.http())) {
      client.send(POST);
      TestSite.await("it is asked", () -> requests.get() == 1);
      fra.letPass(100);
      fra.letPass(EdgeTimeouts.defaults().servers().responseHeadMillis() + 1_000);
      assertThat(client.read().status()).isEqualTo(504);
    }
    assertThat(fra.failures).contains(OriginFailure.RESPONSE_TIMEOUT);
    assertThat(get().body()).isEqualTo("hello");
    assertThat(origin.links).hasSize(2);
  }

  @Test
  void aBackendThatFloodsLosesItsConnectionAndThatIsCounted() {
    H2Origin origin =
        published(
            new H2Origin(
                (frame, from) -> {
                  if (frame.type() == RawFrames.HEADERS) {
                    RawFrames flood = new RawFrames();
                    for (int i = 0; i < 100; i++) {
                      flood.settings(0, 0);
                    }
                    from.send(flood);
                  }
                }));
    assertThat(get().status()).isEqualTo(502);
    assertThat(fra.edge().stats().defences().floodedBackends()).isPositive();
    assertThat(fra.edge().stats().defences().floodedConnections()).isZero();
    assertThat(origin.links).isNotEmpty();
  }

  /** With TLS 1.3 that comes behind the handshake, and what comes before it is no SETTINGS. */
  @Test
  void aBackendThatRefusesThisNodesCertificateHasThatAsItsReason(@TempDir Path folder) {
    TestKeys keys = new TestKeys(folder).authority("ca").site("good", "ca", "dns:app.test");
    TestBackend.Layer demanding =
        new TlsBackends()
            .over(
                keys.server("good", "ca"),
                parameters -> {
                  parameters.setApplicationProtocols(new String[] {"h2"});
                  parameters.setNeedClientAuth(true);
                });
    H2Origin origin =
        opened(new H2Origin((frame, from) -> {}, new RawFrames().settings(0, 0), demanding));
    fra.publish(
        Signal.UP,
        List.of(
            origin.server(
                Optional.of(
                    TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
                        .to("app.test", origin.address().getPort(), OriginProtocol.HTTP_2)))));
    RawClient.Answer answer = get();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.field("proxy-status")).get().asString().contains("TLS_ALERT:");
    assertThat(fra.failures).contains(OriginFailure.TLS_FAILED);
  }

  @Test
  void overTlsAlpnHasToChooseIt(@TempDir Path folder) throws IOException {
    TestKeys keys = new TestKeys(folder).authority("ca").site("good", "ca", "dns:app.test");
    TlsBackends tls = new TlsBackends();
    for (String protocol : List.of("h2", "http/1.1", "")) {
      try (H2Origin origin =
          new H2Origin(
              (frame, from) -> H2Origin.sayAtTheEnd(frame, from, "hello"),
              new RawFrames().settings(0, 0),
              tls.over(
                  keys.server("good", "ca"),
                  parameters ->
                      parameters.setApplicationProtocols(
                          protocol.isEmpty() ? new String[0] : new String[] {protocol})))) {
        fra.publish(
            Signal.UP,
            List.of(
                origin.server(
                    Optional.of(
                        TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
                            .to("app.test", origin.address().getPort(), OriginProtocol.HTTP_2)))));
        RawClient.Answer answer = get();
        if (protocol.equals("h2")) {
          assertThat(answer.body()).isEqualTo("hello");
          assertThat(tls.shaken.getLast().getApplicationProtocol()).isEqualTo("h2");
        } else {
          assertThat(answer.status()).isEqualTo(502);
          // The JDK's server refuses what it does not offer; one without ALPN chooses nothing.
          assertThat(answer.field("proxy-status"))
              .get()
              .asString()
              .contains(protocol.isEmpty() ? "ALPN_REFUSED:" : "TLS_ALERT:");
          assertThat(fra.failures).contains(OriginFailure.TLS_FAILED);
        }
        fra.failures.clear();
      }
    }
  }
}
