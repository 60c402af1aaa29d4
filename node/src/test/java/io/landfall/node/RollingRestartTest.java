package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are restarted one after the other while clients ask: no request fails. */
class RollingRestartTest {
  @TempDir Path folder;
  private TestWorld world;
  private final List<TestRouter> routers = new ArrayList<>();
  private final List<TestSite> sites = new ArrayList<>();

  @BeforeEach
  void world() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
    routers.forEach(TestRouter::close);
  }

  /** Lands at a site that its router prefers; at one that leaves only where there is no other. */
  private InetSocketAddress landing(long number) {
    for (TestRouter.Prefix state : List.of(TestRouter.Prefix.USUAL, TestRouter.Prefix.LEAVING)) {
      int[] there =
          IntStream.range(0, sites.size()).filter(i -> routers.get(i).prefix() == state).toArray();
      if (there.length > 0) {
        return sites.get(there[(int) (number % there.length)]).http;
      }
    }
    throw new AssertionError("the prefix is announced nowhere");
  }

  private void awaitAnnounced(int site) {
    Await.until(
        sites.get(site).name + " is announced",
        () -> routers.get(site).prefix() == TestRouter.Prefix.USUAL,
        () -> sites.get(site).show("show/ingress"));
  }

  @Test
  void fourSitesAreRestartedInTurnAndNoRequestFails() {
    List<String> names = List.of("fra", "nyc", "sin", "syd");
    for (int i = 0; i < names.size(); i++) {
      routers.add(new TestRouter(world.address(i + 1, 9)));
      sites.add(
          world
              .site(names.get(i), i + 1)
              .config(routers.get(i).ingress("drain-wait: 1s\n  start-delay: 1s")));
    }
    for (int i = 0; i < sites.size(); i++) {
      TestSite site = sites.get(i);
      // Each service is at two sites, and each site knows both.
      String hosted = i < 2 ? "shop" : "blog";
      site.hosts(hosted, i < 2 ? 10 : 11, world.origin(hosted + " at " + site.name, i + 1));
      site.knows(i < 2 ? "blog" : "shop", i < 2 ? 11 : 10);
      site.dials(
          sites.stream()
              .filter(other -> !other.equals(site))
              .map(other -> other.overlay)
              .toArray(InetSocketAddress[]::new));
    }
    sites.forEach(TestSite::start);
    IntStream.range(0, sites.size()).forEach(this::awaitAnnounced);

    LoadOfClients load =
        new LoadOfClients(this::landing, "shop.test", "blog.test", "shop.test", "blog.test");
    try (load) {
      load.awaitMore(100);
      for (int i = 0; i < sites.size(); i++) {
        sites.get(i).close();
        sites.get(i).start();
        awaitAnnounced(i);
        load.awaitMore(100);
      }
    }
    assertThat(load.failures()).isEmpty();
  }

  @Test
  void bothReflectorsAreRestartedInTurnAndNoRequestFails() {
    String relation = "reflectors: [rr1, rr2]";
    TestSite rr1 = world.site("rr1", 11);
    TestSite rr2 = world.site("rr2", 12);
    for (TestSite reflector : List.of(rr1, rr2)) {
      sites.add(reflector.knows("shop", 10).withoutEdge().overlay("reflector: true"));
    }
    rr1.overlay("reflectors: [rr2]").dials(rr2.overlay);
    rr2.overlay("reflectors: [rr1]").dials(rr1.overlay);
    TestSite fra = world.site("fra", 1).knows("shop", 10);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("nyc", 2));
    for (TestSite client : List.of(fra, nyc)) {
      sites.add(client.overlay(relation).dials(rr1.overlay, rr2.overlay));
    }
    sites.forEach(TestSite::start);
    String[] twoPaths = Collections.nCopies(2, nyc.identity()).toArray(String[]::new);
    fra.awaitNextHops(10, twoPaths);
    Await.until("shop is there", () -> HttpWire.get(fra.http, "shop.test", "/").status() == 200);

    LoadOfClients load =
        new LoadOfClients(number -> fra.http, "shop.test", "shop.test", "shop.test");
    try (load) {
      for (TestSite reflector : List.of(rr1, rr2, rr1, rr2)) {
        load.awaitMore(100);
        reflector.close();
        load.awaitMore(100);
        reflector.start();
        // What its operator sees before the other one is restarted.
        reflector.awaitAdjacency("fra", "nyc");
      }
      load.awaitMore(100);
    }
    assertThat(load.failures()).isEmpty();
  }
}
