package io.landfall.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A fuzz target's input read as the byte stream of a BGP peer.
 *
 * <p>The first byte encodes how far the session is and how the rest becomes a stream: as it is, or
 * cut into (type, length, body) that get a right header each, so that a fuzzer gets past the
 * marker. The corpus of the session alone ({@code SessionFuzz} of room bgp) serves every owner of a
 * session.
 *
 * @param options the first byte
 * @param stream what the peer sends
 */
public record BgpStreamFuzz(int options, byte[] stream) {
  /** The longest input that an owner of sessions is given. */
  public static final int MAX_STREAM_BYTES = 8_000;

  private static final int FRAMED = 4;

  /** What an owner of a session does with a stream that arrives in these reads, as text. */
  @FunctionalInterface
  public interface Owner {
    /**
     * Runs it.
     *
     * @param start reads that come first, each by itself
     */
    String outcome(List<byte[]> start, List<byte[]> reads);
  }

  /** One test for each input of the target's own corpus and of that of sessions. */
  public static Stream<DynamicTest> replay(String target, java.util.function.Consumer<byte[]> run) {
    return FuzzCorpus.replay(target, "bgp", "SessionFuzz", run);
  }

  /** Whether an input is long enough to be one, and not longer than this. */
  public static boolean fits(byte[] data, int maxBytes) {
    return data.length >= 2 && data.length <= maxBytes;
  }

  /** Reads an input that {@link #fits fits}. */
  public static BgpStreamFuzz of(byte[] data) {
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    int options = data[0];
    return new BgpStreamFuzz(options, (options & FRAMED) == 0 ? rest : framed(rest));
  }

  private static byte[] framed(byte[] rest) {
    List<byte[]> messages = new ArrayList<>();
    int at = 0;
    while (at + 2 <= rest.length) {
      int length = Math.min(rest[at + 1] & 0xff, rest.length - at - 2);
      messages.add(
          BgpMessages.message(rest[at] & 7, Arrays.copyOfRange(rest, at + 2, at + 2 + length)));
      at += 2 + length;
    }
    return Octets.join(messages);
  }

  /** How many bytes of the stream come with each read where it comes in pieces. */
  public int pieceBytes() {
    return 1 + ((options >> 3) & 31);
  }

  /** Whether a bit of the options is set. */
  public boolean has(int bit) {
    return (options & bit) != 0;
  }

  /**
   * The reads in which the stream arrives change nothing that the owner does.
   *
   * @param wholeStart what brings a session to Established, a read each; the options give how much
   *     of it comes first
   * @throws AssertionError when they do
   */
  public void readsChangeNothing(List<byte[]> wholeStart, Owner owner) {
    List<byte[]> start = wholeStart.subList(0, Math.min(2, options & 3));
    String expected = owner.outcome(start, List.of(stream));
    same(expected, owner.outcome(start, pieces()));
    // The start of the session in the same read, too.
    List<byte[]> all = new ArrayList<>(start);
    all.add(stream);
    same(expected, owner.outcome(List.of(), Reads.joined(all)));
  }

  /** The stream in pieces. */
  public List<byte[]> pieces() {
    return Reads.pieces(stream, pieceBytes());
  }

  /**
   * Two outcomes are one.
   *
   * @throws AssertionError with both when they are not
   */
  public static void same(String whole, String other) {
    if (!whole.equals(other)) {
      throw new AssertionError("whole: " + whole + "\nin other reads: " + other);
    }
  }
}
