package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.Credentials;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody has the key of a node, or another certificate of its identity: requests go to whoever
 * has the session, and to nobody else, whichever of the two came first.
 */
class StolenKeyTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private Credentials own;
  private CapturedLog log;

  @BeforeEach
  void twoNodes() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    own = world.credentials("nyc", 2, "shop");
    fra = world.site("fra", 1).knows("shop", 10);
    nyc =
        world
            .site("nyc", 2)
            .hosts("shop", 10, world.origin("the right one", 2))
            .with(own)
            .dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private Credentials stolen(boolean samePair) {
    return samePair ? own : world.credentials("nyc", 2, "shop");
  }

  private SilentThief thief(boolean samePair) {
    return world.owned(new SilentThief(world.free(3), stolen(samePair)));
  }

  private void assertServedByNyc() {
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
    Poll.until(
        "fra has a usable candidate",
        () -> fra.show("show/services").contains("\"usable\":true"),
        () -> fra.show("show/services"));
    for (int i = 0; i < 20; i++) {
      HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/" + i);
      assertThat(answer.status() + " " + answer.body()).isEqualTo("200 the right one");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThiefThatWasThereFirstGetsNoForwardsOnceTheNodeHasTheSession(boolean samePair) {
    SilentThief thief = thief(samePair);
    fra.dials(thief.address()).start();
    Poll.until(
        "fra has dialled the thief",
        () -> thief.bgpStreams.get() > 0,
        () -> fra.show("show/peers"));

    nyc.start();

    assertServedByNyc();
    assertThat(thief.requestChannels).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThiefThatComesLaterGetsNoForwardsWhileTheNodeHasTheSession(boolean samePair) {
    java.net.InetSocketAddress at = world.free(3);
    fra.dials(at).start();
    nyc.start();
    assertServedByNyc();

    SilentThief thief = world.owned(new SilentThief(at, stolen(samePair)));

    Poll.until(
        "fra has dialled the thief",
        () -> thief.bgpStreams.get() > 0,
        () -> fra.show("show/peers"));
    assertServedByNyc();
    assertThat(thief.requestChannels).hasValue(0);
  }
}
