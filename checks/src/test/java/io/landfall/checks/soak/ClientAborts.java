package io.landfall.checks.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Clients that send a request which is forwarded, and go away at once: each makes the landing node
 * reset a stream of the connection to the other node. A burst of more than a thousand a second,
 * then a trickle.
 */
final class ClientAborts extends Attacker {
  private static final int THREADS = 6;
  private static final int BURST = 16_000;
  private static final int A_ROUND = 25;
  private static final long PAUSE_MILLIS = 10;
  private static final long AFTERWARDS_MILLIS = 100;
  private static final byte[] HEAD =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 10\r\n\r\n12345"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetAddress from;
  private final InetSocketAddress node;

  ClientAborts(InetAddress from, InetSocketAddress node) {
    super("aborts");
    this.from = from;
    this.node = node;
  }

  @Override
  void start() {
    for (int i = 0; i < THREADS; i++) {
      repeat(PAUSE_MILLIS, this::round);
    }
  }

  private void round() throws IOException, InterruptedException {
    int count = A_ROUND;
    if (tally.of("aborts") > BURST) {
      count = 1;
      pause(AFTERWARDS_MILLIS);
    }
    for (int i = 0; i < count; i++) {
      try (Socket socket = Connections.plain(from, node)) {
        socket.getOutputStream().write(HEAD);
        // So that closing is a reset, after the node has had time to pass the request on.
        socket.setSoLinger(true, 0);
        pause(1);
      }
      tally.add("aborts");
    }
  }
}
