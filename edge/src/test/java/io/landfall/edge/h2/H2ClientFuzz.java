package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.testkit.FuzzCorpus;
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
  /** For JUnit. */
  public H2ClientFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyPeerOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("H2ClientFuzz", H2ClientFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (!H2ServerFuzz.fits(data)) {
      return;
    }
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    byte[] opening = new RawFrames().settings(0, 0).bytes();
    H2ServerFuzz.run(edge, edge.toNode(edge.loop()), opening, data);
  }
}
