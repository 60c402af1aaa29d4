package io.landfall.checks.soak;

import io.landfall.testkit.Octets;
import io.landfall.testkit.TrustingTls;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;

/**
 * Nodes with a session and good certificates that send fields of one byte each, as many as a frame
 * has room for, on stream after stream, with no window for the answers: 160 streams a second of
 * all.
 */
final class HpackBombs extends Attacker {
  private static final int NODES = 4;
  private static final int FIRST = SoakWorld.HOSTILE + 10;
  private static final int FRAME_BYTES = 16_384;
  private static final int STREAMS = 2_000;
  private static final long PAUSE_MILLIS = 25;
  private static final long AFTERWARDS_MILLIS = 1_000;

  /** What one byte stands for: cookie crumbs, which a server joins; and a long value. */
  private static final byte[][] CRUMBS = {
    H2Frames.field("cookie", "a", true), H2Frames.field("x-long", "a".repeat(3_900), true)
  };

  private final SoakWorld world;

  HpackBombs(SoakWorld world) {
    super("streams");
    this.world = world;
  }

  @Override
  void start() {
    for (int i = 0; i < NODES; i++) {
      HostileNode node = HostileNode.of(world, "bomber" + i, FIRST + i);
      byte[] crumb = CRUMBS[i % CRUMBS.length];
      repeat(AFTERWARDS_MILLIS, () -> round(node, crumb));
    }
  }

  private void round(HostileNode node, byte[] crumb) throws IOException, InterruptedException {
    try (BgpPeer _ = node.session(this, false).behave(_ -> {});
        Socket plain = keep(Connections.plain(node.address(), world.overlay(1)))) {
      H2Frames h2 = new H2Frames(Connections.secured(plain, node.context(), TrustingTls.H2));
      h2.begin(0);
      Thread.ofVirtual().start(() -> drain(h2));
      byte[] first = H2Frames.request("near.test", "/", crumb);
      byte[] references = new byte[FRAME_BYTES - first.length];
      Arrays.fill(references, H2Frames.NEWEST);
      for (int i = 0; i < STREAMS && !pause(PAUSE_MILLIS); i++) {
        h2.write(
            H2Frames.HEADERS,
            H2Frames.END_HEADERS | H2Frames.END_STREAM,
            2 * i + 1,
            Octets.join(first, references));
        tally.add("streams");
      }
    }
  }

  private void drain(H2Frames h2) {
    try {
      while (true) {
        H2Frames.Frame frame = h2.read();
        if (frame.type() == H2Frames.HEADERS) {
          tally.add(frame.isOk() ? "answers" : "refusals");
        } else if (frame.type() == H2Frames.RST_STREAM) {
          tally.add("resets");
        }
      }
    } catch (IOException e) {
      // The connection is over.
    }
  }
}
