package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.PurgeScope;
import io.landfall.cache.fleet.PurgeEffect;
import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Figures for docs/benchmarks.md: how long a purge takes to the last of three nodes, alone and at a
 * rate. Nothing is asserted of times, and it runs only when it is named.
 */
class FleetPurgeFigures {
  private static final int ONE_BY_ONE = 2_000;
  private static final int PER_SECOND = 10_000;
  private static final int SECONDS = 10;
  private static final int SAMPLED = 100;
  private static final double NANOS_PER_MILLI = 1e6;

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;

  @BeforeEach
  void threeNodes() {
    world = new TestWorld(folder);
    String cached =
        "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
            + "    cache: {default-ttl: 10m}";
    fra = world.site("fra", 1).hosts("shop", 10, cached, world.origin("fra", 1)).start();
    TestSite nyc = world.site("nyc", 2).caches("shop", 10).dials(fra.overlay).start();
    world.site("sin", 3).caches("shop", 10).dials(fra.overlay, nyc.overlay).start();
    Await.until(
        "all three are one fleet",
        () -> give(0, 5_000).join().stream().filter(FleetPurgeFigures::isApplied).count() == 2,
        () -> fra.show("show/cache"));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private CompletableFuture<List<NodeAnswer>> give(int number, long waitMillis) {
    return fra.node()
        .purges
        .give(
            new PurgeScope.Tag("product-" + number),
            false,
            TimeUnit.MILLISECONDS.toNanos(waitMillis))
        .thenApply(GivenPurge::nodes);
  }

  private static boolean isApplied(NodeAnswer answer) {
    return answer.outcome() == PurgeEffect.Outcome.APPLIED;
  }

  private static double lastMillis(List<NodeAnswer> answers) {
    assertThat(answers).hasSize(2).allMatch(FleetPurgeFigures::isApplied);
    return answers.stream().mapToLong(NodeAnswer::lagNanos).max().orElseThrow() / NANOS_PER_MILLI;
  }

  private static void print(String what, List<Double> millis) {
    double[] sorted = millis.stream().mapToDouble(each -> each).sorted().toArray();
    System.out.printf(
        "figures: %s: %d samples, ms to the last node: p50 %.2f p99 %.2f max %.2f%n",
        what,
        sorted.length,
        sorted[sorted.length / 2],
        sorted[(int) (sorted.length * 0.99)],
        Arrays.stream(sorted).max().orElse(0));
  }

  @Test
  void oneByOne() {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < ONE_BY_ONE; i++) {
      millis.add(lastMillis(give(i, 10_000).join()));
    }
    print("one by one", millis);
  }

  @Test
  void atARate() {
    List<CompletableFuture<List<NodeAnswer>>> sampled = new ArrayList<>();
    long began = System.nanoTime();
    int total = PER_SECOND * SECONDS;
    for (int i = 0; i < total; i++) {
      long due = began + i * (TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
      while (System.nanoTime() - due < 0) {
        // The rate is what is measured.
        LockSupport.parkNanos(50_000);
      }
      boolean sample = i % SAMPLED == 0 || i == total - 1;
      CompletableFuture<List<NodeAnswer>> given = give(i, sample ? 30_000 : 0);
      if (sample) {
        sampled.add(given);
      }
    }
    List<Double> millis = new ArrayList<>();
    sampled.forEach(each -> millis.add(lastMillis(each.join())));
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf("figures: %d purges in %.2f s: %.0f/s%n", total, seconds, total / seconds);
    print("at " + PER_SECOND + "/s", millis);
  }
}
