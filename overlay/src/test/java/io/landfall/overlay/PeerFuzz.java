package io.landfall.overlay;

import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.overlay.PeerReads.Before;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.BgpStreamFuzz;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the byte stream of an overlay peer, through the session and its owner.
 *
 * <p>The first byte encodes how far the session is and how the rest becomes a stream, as for the
 * session alone ({@code SessionFuzz}, whose corpus is replayed here too). What must hold: nothing
 * is thrown, and the reads in which a stream arrives change nothing that the owner does.
 */
public final class PeerFuzz {
  private static final List<byte[]> START =
      List.of(BgpMessages.open(OverlayNet.ASN, PeerReads.PEER_ID), BgpMessages.keepalive());

  /** For JUnit. */
  public PeerFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyStreamOfTheCorpusKeepsTheRules() {
    return BgpStreamFuzz.replay("PeerFuzz", PeerFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (!BgpStreamFuzz.fits(data, BgpStreamFuzz.MAX_STREAM_BYTES)) {
      return;
    }
    BgpStreamFuzz input = BgpStreamFuzz.of(data);
    Relation relation = input.has(0x40) ? Relation.REFLECTOR : Relation.CLIENT;
    boolean outgoing = !input.has(0x80);
    input.readsChangeNothing(
        START,
        (start, reads) -> PeerReads.outcome(relation, outgoing, Before.NOTHING, start, reads));
    for (Before before : List.of(Before.REFRESH_AND_ANOTHER, Before.BARRIER)) {
      BgpStreamFuzz.same(
          PeerReads.outcome(relation, outgoing, before, START, List.of(input.stream())),
          PeerReads.outcome(relation, outgoing, before, START, input.pieces()));
    }
  }
}
