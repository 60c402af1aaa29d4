package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.testkit.FuzzCorpus;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the frames of a client of HTTP/2, after the preface, that begin as those of HTTP/1.1
 * do. What must hold is what {@link H2ServerFuzz} says, with the limits of clients.
 */
public final class H2FromClientFuzz {
  /** For JUnit. */
  public H2FromClientFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyClientOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("H2ServerFuzz", H2FromClientFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (H2ServerFuzz.fits(data)) {
      EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
      byte[] opening = new RawFrames().preface().settings(0, 0).bytes();
      H2ServerFuzz.run(edge, edge.client(), opening, data);
    }
  }
}
