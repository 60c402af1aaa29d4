package io.landfall.checks.soak;

import io.landfall.testkit.TrustingTls;
import java.io.IOException;
import java.net.Socket;
import org.assertj.core.api.SoftAssertions;

/**
 * Somebody with a certificate and no session who sends requests as a node does, for a client whose
 * address is a lie.
 */
final class CertifiedStranger extends Attacker {
  private static final String PATH = "/stranger";
  private static final int REQUESTS = 5;
  private static final int ANSWER_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 300;

  private final SoakWorld world;
  private final HostileNode node;
  private final Origin origin;

  CertifiedStranger(SoakWorld world, Origin origin) {
    super("connections");
    this.world = world;
    this.origin = origin;
    this.node = HostileNode.of(world, "stranger", SoakWorld.HOSTILE + 20);
  }

  @Override
  void start() {
    repeat(PAUSE_MILLIS, this::round);
  }

  private void round() throws IOException {
    try (Socket plain = keep(Connections.plain(node.address(), world.overlay(1)))) {
      Socket secured = Connections.secured(plain, node.context(), TrustingTls.H2);
      tally.add("connections");
      secured.setSoTimeout(ANSWER_MILLIS);
      H2Frames h2 = new H2Frames(secured);
      h2.begin(65_535);
      byte[] request =
          H2Frames.request(
              "near.test",
              PATH,
              H2Frames.field("forwarded", "for=192.0.2.66", false),
              H2Frames.field("x-real-ip", "192.0.2.66", false));
      for (int i = 0; i < REQUESTS; i++) {
        h2.write(H2Frames.HEADERS, H2Frames.END_HEADERS | H2Frames.END_STREAM, 2 * i + 1, request);
        tally.add("requests");
      }
      for (int answers = 0; answers < REQUESTS; ) {
        H2Frames.Frame frame = h2.read();
        if (frame.type() == H2Frames.HEADERS) {
          answers++;
          tally.add(frame.isOk() ? "answers" : "refusals");
        }
      }
    }
  }

  @Override
  void check(SoftAssertions softly) {
    super.check(softly);
    softly.assertThat(tally.of("answers")).as("answers to a stranger").isZero();
    softly.assertThat(origin.requests.of(PATH)).as("requests of a stranger").isZero();
  }
}
