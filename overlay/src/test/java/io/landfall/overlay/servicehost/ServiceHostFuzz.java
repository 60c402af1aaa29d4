package io.landfall.overlay.servicehost;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.BgpStreamFuzz;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the byte stream of a service host, through the session and its owner.
 *
 * <p>The first byte encodes how far the session is and how the rest becomes a stream, as for the
 * session alone ({@code SessionFuzz}, whose corpus is replayed here too). What must hold: nothing
 * is thrown, and the reads in which a stream arrives change nothing that the owner does.
 */
public final class ServiceHostFuzz {
  private static final List<byte[]> START =
      List.of(BgpMessages.open(65_007, 7), BgpMessages.keepalive());

  /** For JUnit. */
  public ServiceHostFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyStreamOfTheCorpusKeepsTheRules() {
    return BgpStreamFuzz.replay("ServiceHostFuzz", ServiceHostFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (!BgpStreamFuzz.fits(data, BgpStreamFuzz.MAX_STREAM_BYTES)) {
      return;
    }
    BgpStreamFuzz input = BgpStreamFuzz.of(data);
    boolean dials = input.has(0x40);
    input.readsChangeNothing(
        START, (start, reads) -> ServiceHostReadsProperty.outcome(dials, start, reads));
  }
}
