package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h1.UnreadClientFuzz;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.testkit.FuzzCorpus;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the frames of another node at the server's end of HTTP/2, after the preface. The
 * first two bytes encode in what pieces they arrive, and how much is read after each.
 *
 * <p>What must hold: nothing unexpected; what the connection holds stays below its bound, whatever
 * is sent and however little is read; and a peer that leaves leaves nothing behind.
 */
public final class H2ServerFuzz {
  private static final int MAX_INPUT_BYTES = 70_000;

  /** What waits for the peer, one read, and a field section that is not whole. */
  private static final long MOST_BYTES = H2Connection.MAX_UNREAD_BYTES + 3L * MAX_INPUT_BYTES;

  /** For JUnit. */
  public H2ServerFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyPeerOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("H2ServerFuzz", H2ServerFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (!fits(data)) {
      return;
    }
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    run(edge, edge.otherNode(), new RawFrames().preface().settings(0, 0).bytes(), data);
  }

  /** Whether an input has its two bytes of how, and is not too long. */
  static boolean fits(byte[] data) {
    return data.length >= 3 && data.length <= MAX_INPUT_BYTES;
  }

  /** What the other node sends after its opening, at either end; and what must hold. */
  static void run(EmbeddedEdge edge, UnreadChannel channel, byte[] opening, byte[] data) {
    long bugs = ChannelIo.BUGS.sum();
    channel.deliver(opening, 0, opening.length);
    byte[] bytes = Arrays.copyOfRange(data, 2, data.length);
    int pieceBytes = 1 + (data[0] & 0xff) * 256;
    for (int at = 0; at < bytes.length && channel.isOpen(); ) {
      int read = channel.deliver(bytes, at, pieceBytes);
      if (read == 0) {
        break;
      }
      at += read;
      channel.take((data[1] & 0xff) * 8L);
    }
    if (channel.peakWaitingBytes() > H2Connection.MAX_UNREAD_BYTES) {
      throw new AssertionError(channel.peakWaitingBytes() + " bytes waited");
    }
    if (channel.peakBytes() > MOST_BYTES) {
      throw new AssertionError(channel.peakBytes() + " bytes were held");
    }
    channel.take(Integer.MAX_VALUE);
    channel.finishAndReleaseAll();
    UnreadClientFuzz.leavesNothing(edge, channel, bugs);
  }
}
