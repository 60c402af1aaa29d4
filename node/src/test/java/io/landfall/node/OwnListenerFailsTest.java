package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way from a listening socket that has gone to the router that sends the clients: a site that
 * would refuse them withdraws its prefix.
 */
class OwnListenerFailsTest {
  private static final int ROUTER_ASN = 64_500;
  private static final int OWN_ASN = 64_501;

  /** 198.51.100.0/24 as it stands in an UPDATE. */
  private static final byte[] PREFIX = {24, (byte) 198, 51, 100};

  @TempDir Path folder;
  private final List<byte[]> updates = new CopyOnWriteArrayList<>();
  private TestWorld world;

  @BeforeEach
  void begin() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whenTheNodesOwnListenerIsGoneThePrefixIsWithdrawn() throws IOException {
    try (ServerSocket router = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> accept(router));
      TestSite fra =
          world
              .site("fra", 1)
              .knows("shop", 10)
              .config(
                  """
                  ingress:
                    prefixes: [198.51.100.0/24]
                    start-delay: 0s
                    upstreams:
                      - {address: %s, port: %d, asn: %d, local-asn: %d}
                  """
                      .formatted(
                          router.getInetAddress().getHostAddress(),
                          router.getLocalPort(),
                          ROUTER_ASN,
                          OWN_ASN))
              .start();
      Await.until(
          "the prefix is announced",
          () -> updates.stream().anyMatch(OwnListenerFailsTest::announces),
          () -> fra.show("show/ingress"));
      assertThat(updates).noneMatch(OwnListenerFailsTest::withdraws);

      listenerFails(fra.node(), fra.http);

      Await.until(
          "the prefix is withdrawn",
          () -> updates.stream().anyMatch(OwnListenerFailsTest::withdraws),
          () -> fra.show("show/ingress"));
      assertThat(fra.show("show/ingress")).contains("withdrawn");
    }
  }

  private static boolean announces(byte[] update) {
    return withdrawnBytes(update) == 0 && endsWithPrefix(update);
  }

  private static boolean withdraws(byte[] update) {
    return withdrawnBytes(update) == PREFIX.length;
  }

  private static int withdrawnBytes(byte[] update) {
    return ((update[0] & 0xff) << 8) | (update[1] & 0xff);
  }

  private static boolean endsWithPrefix(byte[] update) {
    for (int i = 0; i < PREFIX.length; i++) {
      if (update[update.length - PREFIX.length + i] != PREFIX[i]) {
        return false;
      }
    }
    return true;
  }

  /** A router that opens every session, and keeps the bodies of the UPDATEs that it is sent. */
  private void accept(ServerSocket router) {
    try {
      while (!router.isClosed()) {
        Socket session = router.accept();
        Thread.ofVirtual().start(() -> serve(session));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void serve(Socket session) {
    try (session) {
      session.getOutputStream().write(BgpMessages.open(ROUTER_ASN, 0x0a000001));
      session.getOutputStream().write(BgpMessages.keepalive());
      InputStream in = session.getInputStream();
      for (byte[] head = in.readNBytes(BgpMessages.HEADER_BYTES);
          head.length == BgpMessages.HEADER_BYTES;
          head = in.readNBytes(BgpMessages.HEADER_BYTES)) {
        int length = ((head[16] & 0xff) << 8) | (head[17] & 0xff);
        byte[] body = in.readNBytes(length - BgpMessages.HEADER_BYTES);
        if (head[18] == BgpMessages.UPDATE) {
          updates.add(body);
        }
      }
    } catch (IOException e) {
      // The node went away: its business.
    }
  }

  /** What the edge reports when a listening socket is gone (ListenerFailsTest of edge). */
  private static void listenerFails(Node node, InetSocketAddress at) {
    new EdgeWiring(
            node.snapshots,
            node.forward,
            new Backends(node.config.services(), Map.of(), Map.of(), 0),
            node.control,
            node.overlay,
            node.ingress,
            node.acme.nodes())
        .listenerFailed(at, "the listening socket was closed");
  }
}
