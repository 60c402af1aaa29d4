package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that cancel requests of a backend over HTTP/2, in great number (CVE-2023-44487). */
class BackendResetsTest {
  private static final int CLIENTS = 12;
  private static final int REQUESTS = 95;

  /** Connections over which requests are spread. */
  private static final int SPREAD = 4;

  /** Resets in 30 seconds beyond which Netty ends a connection. */
  private static final int BORNE = 200;

  private static long resets(H2Origin.Link link) {
    return link.seen.stream().filter(frame -> frame.type() == RawFrames.RST_STREAM).count();
  }

  /** A client with an address of its own: one alone is declined after a thousand. */
  private static H2Client from(String address, TestSite site) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(site.http());
    return new H2Client(socket, new RawFrames().settings(0, 0));
  }

  @Test
  void noConnectionHasMoreResetsThanBackendsBearAndOthersFinishOnIt() throws IOException {
    try (H2Origin origin = new H2Origin((frame, from) -> {});
        TestSite fra = new TestSite("fra", 1, H2Origin::oneLoop);
        RawClient other = new RawClient(fra.http())) {
      fra.publish(Signal.UP, List.of(origin.server()));
      other.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1\r\n\r\nx");
      TestSite.await("it has come", () -> origin.requests() == 1);
      H2Origin.Link shared = origin.links.getFirst();
      int first = shared.seen.stream().mapToInt(RawFrames.Frame::stream).max().orElseThrow();
      for (int i = 1; i <= CLIENTS; i++) {
        int all = 1 + i * REQUESTS;
        try (H2Client client = from("127.0.1." + i, fra)) {
          RawFrames requests = new RawFrames();
          for (int j = 0; j < REQUESTS; j++) {
            requests.headers(1 + 2 * j, true, H2Client.request("GET", "/"));
          }
          client.send(requests);
          TestSite.await("all have come", () -> origin.requests() == all);
        }
      }
      TestSite.await(
          "the first ones are reset",
          () -> resets(shared) >= Math.min(ResetBudget.BURST_TO_BACKEND, shared.heads.size() - 1));
      assertThat(origin.links).allMatch(link -> resets(link) < BORNE);
      shared.send(new RawFrames().headers(first, true, H2Client.fields(":status", "204")));
      assertThat(other.read().status()).isEqualTo(204);
    }
  }

  /** Requests that others have on connections that are retired may last for ever. */
  @Test
  void noMoreConnectionsAreRetiredThanMayBeWhereOthersFinishOnEach() throws IOException {
    int most = H2ClientPool.MAX_RETIRED;
    try (H2Origin origin = new H2Origin((frame, from) -> {});
        TestSite fra = new TestSite("fra", 1, H2Origin::oneLoop)) {
      fra.publish(Signal.UP, List.of(origin.server()));
      List<H2Client> others = new ArrayList<>();
      for (int i = 1; i <= 2 * most; i++) {
        int all = i * (REQUESTS + SPREAD);
        others.add(from("127.0.2." + i, fra));
        RawFrames held = new RawFrames();
        for (int j = 0; j < SPREAD; j++) {
          held.headers(1 + 2 * j, false, H2Client.request("POST", "/"));
        }
        others.getLast().send(held);
        try (H2Client client = from("127.0.1." + i, fra)) {
          RawFrames requests = new RawFrames();
          for (int j = 0; j < REQUESTS; j++) {
            requests.headers(1 + 2 * j, true, H2Client.request("GET", "/"));
          }
          client.send(requests);
          TestSite.await("all have come", () -> origin.requests() == all);
        }
      }
      // One that nobody else is on ends when its resets are paid: a slow machine sees some of
      // those.
      assertThat(origin.links).hasSizeGreaterThanOrEqualTo(most / 2);
      assertThat(origin.links.stream().filter(link -> link.open))
          .hasSizeLessThanOrEqualTo(most + SPREAD);
      for (H2Client other : others) {
        other.close();
      }
    }
  }

  /** As for forwarded requests: what one address gives up costs the others on the connection. */
  @Test
  void whoCancelsThousandsIsDeclinedForAWhile() throws IOException {
    try (H2Origin origin = new H2Origin((frame, from) -> {});
        TestSite fra = new TestSite("fra", 1, H2Origin::oneLoop)) {
      fra.publish(Signal.UP, List.of(origin.server()));
      for (int i = 0; i < 4 * CLIENTS && declined(fra) == 0; i++) {
        int before = origin.requests();
        try (H2Client client = H2Client.open(fra.http())) {
          RawFrames requests = new RawFrames();
          for (int j = 0; j < REQUESTS; j++) {
            requests.headers(1 + 2 * j, true, H2Client.request("GET", "/"));
          }
          client.send(requests);
          TestSite.await(
              "all have come, or are declined",
              () -> origin.requests() - before + declined(fra) >= REQUESTS);
        }
      }
      assertThat(declined(fra)).isPositive();
    }
  }

  private static long declined(TestSite site) {
    return site.edge().stats().defences().declinedAborters();
  }
}
