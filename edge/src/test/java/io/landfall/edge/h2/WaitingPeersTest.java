package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests of a node of which it is not known yet whether its requests are served. */
@ExtendWith(UnreadChannel.Closed.class)
class WaitingPeersTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";

  private final TestBackend atNyc = TestBackend.saying("nyc");
  private final TestBackend atSin = TestBackend.saying("sin");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);
  private final TestSite sin = new TestSite("sin", 3);
  private final List<RawClient> clients = new ArrayList<>();

  @BeforeEach
  void nycLetsItsPeersWait() {
    nyc.letPeersWait();
    nyc.publish(Signal.UP, backends(atNyc));
    sin.publish(Signal.UP, backends(atSin));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
  }

  @AfterEach
  void stop() {
    clients.forEach(RawClient::close);
    fra.close();
    nyc.close();
    sin.close();
    atNyc.close();
    atSin.close();
  }

  private RawClient asks() {
    RawClient client = new RawClient(fra.http());
    clients.add(client);
    return client.send(POST);
  }

  private void awaitConnections() {
    TestSite.await("fra has connected to nyc", () -> !nyc.overlayChannels.isEmpty());
  }

  @Test
  void aRequestWaitsAndIsServedWholeOnceItsNodeIsLive() {
    RawClient client = asks();
    awaitConnections();
    nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::open);
    assertThat(client.read().body()).isEqualTo("nyc");
    assertThat(atNyc.received.getFirst().bodyLength()).isEqualTo(5);
  }

  @Test
  void aRequestOfANodeThatIsRefusedIsTriedElsewhereAlsoWhenItMayNotBeRepeated() {
    RawClient client = asks();
    awaitConnections();
    nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::refuse);
    assertThat(client.read().body()).isEqualTo("sin");
    assertThat(atNyc.received).isEmpty();
  }

  @Test
  void whatIsBeingServedFinishesWhenItsNodeIsNoLongerLiveAndTheNextGoesElsewhere() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend slow =
        new TestBackend(
            (request, in, out) -> {
              TestBackend.holdUntil(go);
              return TestBackend.ok(out, "nyc, late");
            });
    try (slow) {
      nyc.publish(Signal.UP, backends(slow));
      RawClient served = asks();
      awaitConnections();
      nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::open);
      TestSite.await("it is being served", () -> slow.received.size() == 1);
      nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::refuse);
      // Until its event loop has come to that, a request is still served.
      nyc.overlayChannels.forEach(c -> c.eventLoop().submit(() -> {}).syncUninterruptibly());
      RawClient next = asks();
      // A further connection, which is not to be served either.
      TestSite.await(
          "the next one is served elsewhere",
          () -> {
            nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::refuse);
            return atSin.received.size() == 1;
          });
      assertThat(next.read().body()).isEqualTo("sin");
      go.countDown();
      assertThat(served.read().body()).isEqualTo("nyc, late");
    }
  }

  @Test
  void moreThanMayWaitAreRefusedAtOnceAndTriedElsewhere() {
    List<RawClient> asking = new ArrayList<>();
    // Two event loops, each of which lets so many wait.
    int most = 2 * HeldRequests.MAX_REQUESTS;
    for (int i = 0; i < most + 20; i++) {
      asking.add(asks());
    }
    TestSite.await("some are served elsewhere", () -> atSin.received.size() >= 20);
    assertThat(atNyc.received).isEmpty();
    nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::open);
    // Connections that come later wait too; their requests are answered in the end or elsewhere.
    TestSite.await(
        "every one is answered",
        () -> {
          nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::open);
          return atNyc.received.size() + atSin.received.size() == most + 20;
        });
    for (RawClient client : asking) {
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestWhoseClientLeavesMeanwhileMakesRoom() {
    for (int round = 0; round < 5; round++) {
      int before = nyc.overlayChannels.size();
      List<RawClient> leaving = new ArrayList<>();
      for (int i = 0; i < HeldRequests.MAX_REQUESTS / 2; i++) {
        leaving.add(asks());
      }
      TestSite.await("connected", () -> nyc.overlayChannels.size() >= Math.max(1, before));
      leaving.forEach(RawClient::reset);
    }
    TestSite.await("all have left", () -> fra.edge().stats().requestsInProgress() == 0);
    RawClient client = asks();
    TestSite.await(
        "the last one is served by nyc",
        () -> {
          nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::open);
          return !atNyc.received.isEmpty();
        });
    assertThat(client.read().body()).isEqualTo("nyc");
  }

  @Test
  void aBodyInPiecesOfOneByteThatWaitsCostsNoMoreThanAnyOther() {
    UnreadChannel peer = new EmbeddedEdge(EdgeLimits.defaults()).waitingNode();
    peer.take(Integer.MAX_VALUE);
    peer.deliver(new RawFrames().preface().settings(0, 0).bytes(), 0, 64 * 1024);
    long before = peer.heldBytes();
    int bytes = 6_000;
    RawFrames frames = new RawFrames().headers(1, false, RawFrames.get("shop.test", "/"));
    for (int i = 0; i < bytes; i++) {
      frames.frame(RawFrames.DATA, 0, 1, new byte[1]);
    }
    peer.deliver(frames.bytes(), 0, 64 * 1024);
    // Nothing of the reads, ten times as large, is kept.
    assertThat(peer.heldBytes() - before).isBetween((long) bytes, bytes + 20_000L);
    peer.forgetTaken();
    peer.pipeline().get(H2FromNode.class).open();
    peer.take(0);
    assertThat(peer.heldBytes()).isEqualTo(before);
    assertThat(RawFrames.parse(peer.taken()))
        .anyMatch(frame -> frame.type() == RawFrames.HEADERS && frame.stream() == 1);
    peer.finishAndReleaseAll();
  }

  @Test
  void aRequestThatWaitsAndEndsInBadTrailersIsRefusedAtOnce() {
    UnreadChannel peer = new EmbeddedEdge(EdgeLimits.defaults()).waitingNode();
    peer.take(Integer.MAX_VALUE);
    RawFrames frames = new RawFrames().preface().settings(0, 0);
    frames.headers(1, false, RawFrames.get("shop.test", "/"));
    frames.headers(1, true, RawFrames.repeated("a", "b", 1_000));
    peer.deliver(frames.bytes(), 0, 64 * 1024);
    assertThat(RawFrames.parse(peer.taken()))
        .anyMatch(frame -> frame.type() == RawFrames.RST_STREAM && frame.stream() == 1);
    peer.finishAndReleaseAll();
  }

  @Test
  void aRequestThatWaitedAndIsOverIsNotRefusedWhenItsNodeIs() {
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    UnreadChannel peer = edge.waitingNode();
    peer.take(Integer.MAX_VALUE);
    RawFrames frames = new RawFrames().preface().settings(0, 0);
    for (int stream = 1; stream < 9; stream += 2) {
      frames.headers(stream, true, RawFrames.get("shop.test", "/")).reset(stream);
    }
    frames.headers(9, true, RawFrames.get("shop.test", "/"));
    peer.deliver(frames.bytes(), 0, 64 * 1024);
    peer.pipeline().get(H2FromNode.class).refuse();
    assertThat(edge.runtime().counters().returnedToNodes.sum()).isEqualTo(1);
    peer.finishAndReleaseAll();
  }
}
