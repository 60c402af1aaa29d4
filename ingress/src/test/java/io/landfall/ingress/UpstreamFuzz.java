package io.landfall.ingress;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.BgpStreamFuzz;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the byte stream of an upstream router, through the session and its owner.
 *
 * <p>The first byte encodes how far the session is and how the rest becomes a stream, as for the
 * session alone ({@code SessionFuzz}, whose corpus is replayed here too). What must hold: nothing
 * is thrown, and the reads in which a stream arrives change nothing that the owner does.
 */
public final class UpstreamFuzz {
  private static final List<byte[]> START =
      List.of(BgpMessages.open(64_500, 0x01010101), BgpMessages.keepalive());

  /** For JUnit. */
  public UpstreamFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyStreamOfTheCorpusKeepsTheRules() {
    return BgpStreamFuzz.replay("UpstreamFuzz", UpstreamFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (!BgpStreamFuzz.fits(data, BgpStreamFuzz.MAX_STREAM_BYTES)) {
      return;
    }
    BgpStreamFuzz input = BgpStreamFuzz.of(data);
    input.readsChangeNothing(START, UpstreamReadsProperty::outcome);
  }
}
