package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.WaterMarks;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.testkit.FuzzCorpus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the bytes of an HTTP/1 client that reads slowly or not at all. The first two bytes
 * encode in what pieces the rest arrives, and how much is read after each.
 *
 * <p>What must hold: nothing unexpected; what waits for the client stays below its bound; a client
 * that leaves leaves nothing behind; and neither pieces nor slowness change what is answered.
 */
public final class UnreadClientFuzz {
  private static final int MAX_INPUT_BYTES = 70_000;

  /** What waits, one answer, and what was read or is of a head that is not whole. */
  private static final long MOST_BYTES = 4L * WaterMarks.HIGH_BYTES;

  /** For JUnit. */
  public UnreadClientFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyClientOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("UnreadClientFuzz", UnreadClientFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 3 || data.length > MAX_INPUT_BYTES) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(data, 2, data.length);
    String whole = answers(bytes, bytes.length, Integer.MAX_VALUE);
    String pieces = answers(bytes, 1 + (data[0] & 0xff) * 16, (data[1] & 0xff) * 8);
    if (!whole.equals(pieces)) {
      throw new AssertionError("whole:\n" + whole + "\nin pieces, read slowly:\n" + pieces);
    }
  }

  private static String answers(byte[] bytes, int pieceBytes, int takenEachTime) {
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    long bugs = ChannelIo.BUGS.sum();
    UnreadChannel channel = edge.client();
    int at = 0;
    while (at < bytes.length && channel.isOpen()) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieceBytes));
      int read = channel.deliver(piece, 0, pieceBytes);
      at += read;
      // A client that waits reads in the end.
      channel.take(read == 0 ? WaterMarks.HIGH_BYTES : takenEachTime);
    }
    channel.take(Integer.MAX_VALUE);
    if (channel.peakBytes() > MOST_BYTES) {
      throw new AssertionError(channel.peakBytes() + " bytes were held");
    }
    String answers = new String(channel.taken(), StandardCharsets.ISO_8859_1);
    channel.finishAndReleaseAll();
    leavesNothing(edge, channel, bugs);
    return answers.replaceAll("(?m)^date: .*$", "date");
  }

  public static void leavesNothing(EmbeddedEdge edge, UnreadChannel channel, long bugsBefore) {
    if (channel.heldBytes() != 0) {
      throw new AssertionError(channel.heldBytes() + " bytes were left behind");
    }
    if (edge.runtime().counters().inProgress.sum() != 0) {
      throw new AssertionError("a request is in progress of a connection that is gone");
    }
    if (ChannelIo.BUGS.sum() != bugsBefore) {
      throw new AssertionError("an unexpected failure was logged");
    }
  }
}
