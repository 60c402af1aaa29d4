package io.landfall.checks.soak;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** Clients that send nearly all of a long head and then wait, more of them than there is memory. */
final class UnfinishedHeads extends Attacker {
  private static final int CLIENTS = 2_600;
  private static final int A_ROUND = 10;
  private static final long PAUSE_MILLIS = 100;
  private static final byte[] HEAD =
      ("GET / HTTP/1.1\r\nHost: near.test\r\nX-Long: "
              + "a".repeat((SoakWorld.MAX_HEADER_KIB - 1) * 1024))
          .getBytes(StandardCharsets.US_ASCII);

  private final SoakWorld world;
  private final ArrayDeque<Socket> held = new ArrayDeque<>();

  UnfinishedHeads(SoakWorld world) {
    super("heads");
    this.world = world;
  }

  @Override
  void start() {
    repeat(
        PAUSE_MILLIS,
        () -> {
          for (int i = 0; i < A_ROUND; i++) {
            one();
          }
        });
  }

  private void one() throws IOException {
    Socket socket = keep(Connections.plain(world.address(40, 4), world.http(1)));
    held.add(socket);
    if (held.size() > CLIENTS) {
      drop(held.removeFirst());
    }
    // On a thread of its own: the node need not read it.
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                socket.getOutputStream().write(HEAD);
                tally.add("heads");
              } catch (IOException e) {
                tally.add("refused");
              }
            });
  }
}
