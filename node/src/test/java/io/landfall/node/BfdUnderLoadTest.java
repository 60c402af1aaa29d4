package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * BFD takes the path to the only site of a service for dead while the BGP session over the same
 * path is up, as where UDP alone is lost: clients notice nothing.
 */
class BfdUnderLoadTest {
  private static final int ROUNDS = 3;
  private static final int REQUESTS = 200;
  private static final String SHOP = "shop.test";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private PathRelay path;

  @BeforeEach
  void twoSitesOfWhichOneHasShop() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).knows("shop", 10);
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("nyc", 2));
    path = world.owned(new PathRelay(world.address(9, 1), nyc.overlay));
    fra.dials(path.address());
    nyc.start();
    fra.start();
    fra.awaitAdjacency("nyc");
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void awaitBfd(String words) {
    Await.until(
        "BFD of fra has " + words,
        () -> fra.show("show/bfd").contains(words),
        () -> fra.show("show/bfd"));
  }

  @Test
  void noRequestFailsWhileBfdGoesDownAndComesBackAgainAndAgain() {
    awaitBfd("\"path\":\"alive\"");
    Await.until("shop is there", () -> HttpWire.get(fra.http, SHOP, "/").status() == 200);
    LoadOfClients load = new LoadOfClients(number -> fra.http, SHOP, SHOP, SHOP, SHOP);
    try (load) {
      for (int round = 0; round < ROUNDS; round++) {
        for (BfdLivenessTest.Cut cut : BfdLivenessTest.Cut.values()) {
          load.awaitMore(REQUESTS);
          path.cutTowards = cut.isTowards();
          path.cutBack = cut.isBack();
          awaitBfd("\"path\":\"dead\"");
          load.awaitMore(REQUESTS);
          assertThat(fra.hasAdjacency("nyc")).as("the BGP session").isTrue();
          path.cutTowards = false;
          path.cutBack = false;
          awaitBfd("\"path\":\"alive\"");
        }
      }
      load.awaitMore(REQUESTS);
    }
    assertThat(load.failures()).isEmpty();
  }
}
