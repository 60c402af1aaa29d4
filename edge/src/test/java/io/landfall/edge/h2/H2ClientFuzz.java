package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.FuzzCorpus;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h1.UnreadClientFuzz;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.server.EmbeddedEdge;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the frames of another node at the client's end of HTTP/2. The first two bytes give
 * in what pieces they arrive, and how much is read after each.
 *
 * <p>What must hold: as for {@link H2ServerFuzz}.
 */
public final class H2ClientFuzz {
  private static final int MAX_INPUT_BYTES = 70_000;

  /** What waits for the peer, one read, and a field section that is not whole. */
  private static final long MOST_BYTES = H2Connection.MAX_UNREAD_BYTES + 3L * MAX_INPUT_BYTES;

  /** For JUnit. */
  public H2ClientFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyPeerOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("H2ClientFuzz", H2ClientFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 3 || data.length > MAX_INPUT_BYTES) {
      return;
    }
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    long bugs = ChannelIo.BUGS.sum();
    UnreadChannel channel = edge.toNode(edge.loop());
    byte[] opening = new RawFrames().settings(0, 0).bytes();
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
