package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.TestRouter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that starts and does not find the others. */
class StartHoldEndToEndTest {
  @TempDir Path folder;

  @Test
  void aRequestThatWaitsForTheStartIsDeclinedWhenTheHoldIsOver() {
    TestWorld world = new TestWorld(folder);
    try (TestRouter router = new TestRouter(world.address(1, 9))) {
      TestSite fra =
          world
              .site("fra", 1)
              .knows("shop", 10)
              .dials(new InetSocketAddress(world.address(9, 9), 8_443))
              .config(router.ingress("drain-wait: 0s\n  start-delay: 1s"))
              .start();
      assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    } finally {
      world.close();
    }
  }
}
