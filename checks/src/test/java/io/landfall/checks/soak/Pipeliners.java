package io.landfall.checks.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Clients that send one request after the other and read no answer: for answers that the node makes
 * itself, for those of a backend, and for those without a body. All together offer 11 MiB a second,
 * and 308 MiB before they begin anew.
 */
final class Pipeliners extends Attacker {
  private static final int CLIENTS = 14;
  private static final int RECEIVE_BUFFER = 4_096;
  private static final int A_WRITE = 64 * 1024;
  private static final long MOST_BYTES = 22L << 20;
  private static final long PAUSE_MILLIS = 80;
  private static final long AFTERWARDS_MILLIS = 5_000;
  private static final String[] REQUESTS = {
    "GET / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: near.test\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n",
  };

  private final SoakWorld world;

  Pipeliners(SoakWorld world) {
    super("bytes");
    this.world = world;
  }

  @Override
  void start() {
    for (int client = 0; client < CLIENTS; client++) {
      // Half of them ask for what costs no backend anything.
      String request = REQUESTS[client % 2 == 0 ? 0 : client / 2 % REQUESTS.length];
      byte[] piece = request.repeat(A_WRITE / request.length()).getBytes(StandardCharsets.US_ASCII);
      repeat(AFTERWARDS_MILLIS, () -> pipeline(piece));
    }
  }

  private void pipeline(byte[] piece) throws IOException, InterruptedException {
    try (Socket socket =
        keep(Connections.plain(world.address(40, 3), world.http(1), RECEIVE_BUFFER))) {
      OutputStream out = socket.getOutputStream();
      for (long sent = 0; sent < MOST_BYTES && !pause(PAUSE_MILLIS); sent += piece.length) {
        out.write(piece);
        tally.add("bytes", piece.length);
      }
    }
  }
}
