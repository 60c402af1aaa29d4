package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.control.CandidateView;
import io.landfall.control.ControlEffect;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.edge.server.EdgeServer;
import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests under way when plane two asks for it. */
class NodeEffectsTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin atNyc;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void oneForwardsToTheOther() {
    world = new TestWorld(folder);
    atNyc = world.origin("at nyc", 2);
    nyc = world.site("nyc", 2).hosts("shop", 10, atNyc);
    fra = world.site("fra", 1).dials(nyc.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void start() {
    nyc.start();
    fra.start();
    fra.awaitNextHops(10, NYC);
    Await.until(
        "fra forwards to nyc",
        () -> HttpWire.get(fra.http, "shop.test", "/").body().equals("at nyc"),
        () -> fra.show("show/services"));
  }

  /** A POST of which the last byte is yet to come. */
  private Socket postUnderWay() throws IOException {
    Socket client = new Socket();
    client.connect(fra.http);
    client.setSoTimeout((int) Await.PATIENCE.toMillis());
    client
        .getOutputStream()
        .write(
            "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\na"
                .getBytes(StandardCharsets.US_ASCII));
    EdgeServer there = Objects.requireNonNull(nyc.node().edge());
    Await.until("nyc has the request", () -> there.stats().requestsInProgress() == 1);
    return client;
  }

  private static String status(Socket client) throws IOException {
    byte[] start = client.getInputStream().readNBytes("HTTP/1.1 200".length());
    return new String(start, StandardCharsets.US_ASCII);
  }

  private void ask(ControlEffect effect) {
    NodeEffects effects = new NodeEffects(fra.node());
    fra.node()
        .control
        .ask(
            () -> {
              effects.accept(effect);
              return true;
            })
        .join();
  }

  @Test
  void requestsToANodeThatIsLeftFinish() throws IOException {
    fra.knows("shop", 10);
    start();
    try (Socket client = postUnderWay()) {
      ask(new ControlEffect.RequestsLeft(TestWorld.identity(2)));
      client.getOutputStream().write('b');
      assertThat(status(client)).isEqualTo("HTTP/1.1 200");
    }
  }

  @Test
  void requestsToANodeThatIsLostEndAtOnce() throws IOException {
    fra.knows("shop", 10);
    start();
    try (Socket client = postUnderWay()) {
      ask(new ControlEffect.RequestsLost(TestWorld.identity(2)));
      assertThat(status(client)).isEqualTo("HTTP/1.1 502");
    }
  }

  @Test
  void theConnectionOnWhichRequestsGoToARevokedNodeIsCut() throws IOException {
    fra.knows("shop", 10);
    start();
    try (Socket client = postUnderWay()) {
      TreeSet<NodeName> names = new TreeSet<>(List.of(new NodeName("nyc")));
      Revocations list = new Revocations(new TreeSet<>(), new TreeSet<>(), names);
      ask(new ControlEffect.RightsChecked(list, fra.node().control.wallMillis(), new TreeSet<>()));
      assertThat(status(client)).isEqualTo("HTTP/1.1 502");
    }
  }

  @Test
  void noConnectionIsOpenedToANodeWhoseChannelIsOver() {
    fra.knows("shop", 10);
    start();
    ForwardDialer forward = fra.node().forward;
    assertThat(forward.knows(TestWorld.identity(2))).isTrue();
    ask(new ControlEffect.ForwardNoMore(TestWorld.identity(2)));
    assertThat(forward.knows(TestWorld.identity(2))).isFalse();
  }

  @Test
  void aConnectionThatIsDialledWhileTheChannelEndsIsNotUsed() {
    fra.knows("shop", 10);
    start();
    ForwardDialer forward = fra.node().forward;
    ControlLoop control = fra.node().control;
    Candidate there =
        new Candidate(
            new NodeName("nyc"), TestWorld.identity(2), Signal.UP, 0, 1, true, "its channel is up");
    Future<Channel> before = control.ask(() -> forward.open(there, control.eventLoop())).join();
    assertThat(before.awaitUninterruptibly().isSuccess()).isTrue();
    before.getNow().close();

    Future<Channel> dialled =
        control
            .ask(
                () -> {
                  Future<Channel> opening = forward.open(there, control.eventLoop());
                  forward.forget(TestWorld.identity(2));
                  return opening;
                })
            .join();
    assertThat(dialled.awaitUninterruptibly().isSuccess()).isFalse();
    assertThat(dialled.cause()).hasMessageContaining("is now nyc");
  }

  @Test
  void theFirstAddressOfANameIsNoCandidateOfItsOwn() throws IOException {
    fra.knows("shop", 10);
    start();
    InetAddress first = InetAddress.getByName("localhost");
    try (CapturedLog log = new CapturedLog()) {
      ask(new ControlEffect.DialCandidate(new Endpoint("localhost", 9)));
      Await.until(
          "it was dialled", () -> !log.with("not reached", "localhost").isEmpty(), log::lines);
    }
    List<CandidateView> candidates =
        fra.node().control.ask(() -> fra.node().overlay.plane().candidates(0)).join();
    assertThat(candidates).noneMatch(each -> each.endpoint().host().equals(first.getHostAddress()));
  }

  @Test
  void ofANodeWithTooManyConnectionsTheNextIsClosed() {
    fra.knows("shop", 10);
    start();
    Credentials sin = world.credentials("sin", 3);
    RequestChannels requests = nyc.node().requests;
    for (int i = 0; i < RequestChannels.MAX_PER_PEER; i++) {
      assertThat(requests.add(new EmbeddedChannel(), sin(), new Closed())).isTrue();
    }
    assertThat(H2Caller.ask(nyc.overlay, InetAddress.ofLiteral("127.0.0.1"), sin, "shop.test"))
        .isIn("GOAWAY", "closed");
  }

  private static PeerIdentity sin() {
    return new PeerIdentity(
        new NodeName("sin"),
        TestWorld.identity(3),
        new TreeSet<>(),
        "ab".repeat(32),
        List.of(),
        Long.MAX_VALUE,
        "5e");
  }

  /** A connection of which nothing becomes. */
  private static final class Closed implements RequestChannels.Door {
    @Override
    public void open() {}

    @Override
    public void refuse() {}

    @Override
    public void refused(String rule, String sentence) {}
  }

  @Test
  void aGetThatHangsGoesElsewhereWhenItsServiceIsWithdrawnHere() {
    TestOrigin atFra = world.origin("at fra", 1);
    fra.hosts("shop", 10, atFra);
    nyc.start();
    fra.start();
    fra.awaitNextHops(10, "10.32.0.1", NYC);
    Await.until(
        "fra serves, and may use nyc",
        () ->
            HttpWire.get(fra.http, "shop.test", "/").body().equals("at fra")
                && fra.show("show/services").contains("\"usable\":true"),
        () -> fra.show("show/services"));
    atFra.mode = TestOrigin.Mode.HANG_BUT_FOR_PROBES;
    int before = atFra.requests().size();
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() -> HttpWire.get(fra.http, "shop.test", "/").body());
    Await.until("it hangs", () -> atFra.requests().size() > before, () -> "");
    assertThat(fra.command("DELETE", "services/shop", "").status()).isEqualTo(200);
    assertThat(answer.join()).isEqualTo("at nyc");
  }
}
