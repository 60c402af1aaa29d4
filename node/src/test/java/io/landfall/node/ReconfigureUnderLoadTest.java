package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A change of the config loses no request: of what stays, of what moves, of what is in progress.
 */
class ReconfigureUnderLoadTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin one;
  private TestOrigin other;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void twoSites() {
    world = new TestWorld(folder);
    one = world.origin("one", 1);
    other = world.origin("other", 2);
    fra = world.site("fra", 1);
    nyc = world.site("nyc", 2).dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static void applied(TestSite site) {
    HttpWire.Answer answer = site.apply();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static void awaitAnswer(TestSite site, String service) {
    Await.until(
        service + " is answered at " + site.name,
        () -> HttpWire.get(site.http, service + ".test", "/").status() == 200,
        () -> site.show("show/services"));
  }

  private long counted(String service) {
    return HttpWire.get(fra.socket(), "localhost", "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("landfall_requests_total") && line.contains(service))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void noRequestOfAServiceThatStaysFailsWhileOthersComeChangeAndGo() {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop");
    long before = counted("shop");
    LoadOfClients load = new LoadOfClients(number -> fra.http, "shop.test");
    for (int round = 0; round < 5; round++) {
      load.awaitMore(10);
      applied(fra.hosts("media", 11, other));
      load.awaitMore(10);
      applied(fra.hosts("media", 11, other, one));
      load.awaitMore(10);
      applied(fra.forgets("media"));
    }
    load.close();
    assertThat(load.failures()).isEmpty();
    assertThat(counted("shop")).isGreaterThan(before + 100);
  }

  @Test
  void noRequestFailsWhileTheBackendsOfItsServiceAreReplaced() {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop");
    LoadOfClients load = new LoadOfClients(number -> fra.http, "shop.test");
    for (int round = 0; round < 5; round++) {
      applied(fra.hosts("shop", 10, one, other));
      Await.until(
          "both are healthy", () -> !fra.show("show/services").contains("\"healthy\":false"));
      applied(fra.hosts("shop", 10, other));
      load.awaitMore(10);
      applied(fra.hosts("shop", 10, other, one));
      Await.until(
          "both are healthy", () -> !fra.show("show/services").contains("\"healthy\":false"));
      applied(fra.hosts("shop", 10, one));
      load.awaitMore(10);
    }
    load.close();
    assertThat(load.failures()).isEmpty();
  }

  @Test
  void noRequestFailsWhileAServiceMovesFromOneSiteToTheOther() {
    fra.hosts("shop", 10, one).start();
    nyc.hosts("shop", 10, other).knows("shop", 10).start();
    nyc.awaitAdjacency("fra");
    awaitAnswer(fra, "shop");
    awaitAnswer(nyc, "shop");
    LoadOfClients load =
        new LoadOfClients(number -> number % 2 == 0 ? fra.http : nyc.http, "shop.test");
    load.awaitMore(20);
    applied(nyc.hosts("shop", 10, other));
    fra.awaitNextHops(10, fra.identity(), nyc.identity());
    load.awaitMore(20);
    applied(fra.knows("shop", 10));
    fra.awaitNextHops(10, nyc.identity());
    load.awaitMore(20);
    load.close();
    assertThat(load.failures()).isEmpty();
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).contains("other");
  }

  @Test
  void aRequestInProgressFinishesAlthoughItsServiceHasLeftTheConfig() throws Exception {
    one.mode = TestOrigin.Mode.ANSWER_WHEN_RELEASED;
    fra.hosts("shop", 10, one).start();
    Await.until("shop is up", () -> fra.show("show/services").contains("\"signal\":\"UP\""));
    CompletableFuture<HttpWire.Answer> slow =
        CompletableFuture.supplyAsync(() -> HttpWire.get(fra.http, "shop.test", "/slow"));
    Await.until("it is at the backend", () -> !one.requests().isEmpty());
    applied(fra.forgets("shop"));
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(421);
    assertThat(slow).isNotDone();
    one.released.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  @Test
  void whoComesSecondIsToldSo() throws Exception {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop");
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    fra.node()
        .control
        .execute(
            () -> {
              busy.countDown();
              try {
                waits.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    busy.await();
    fra.hosts("media", 11, other);
    CompletableFuture<HttpWire.Answer> first = CompletableFuture.supplyAsync(fra::apply);
    Await.until(
        "the second is told that another change is being applied",
        () ->
            fra.command("POST", "configure/confirm", "{}")
                .body()
                .contains("another change is being applied"));
    waits.countDown();
    assertThat(first.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  @Test
  void aFileThatIsBeingWrittenIsNotApplied() throws Exception {
    fra.hosts("shop", 10, one).start();
    Path file = fra.write();
    Generation now =
        new Generation(
            1,
            StartPlan.of(
                    fra.node().config,
                    WallClock.INSTANCE,
                    HostLookup.SYSTEM,
                    NodeCheck.Purpose.CHANGE,
                    new Findings(fra.node().config))
                .orElseThrow(),
            ConfigFile.text(file).orElseThrow(),
            Instant.EPOCH,
            "test");
    assertThat(ConfigFile.read(file, now).problems()).isEmpty();
    String[] texts = {"half", "whole"};
    int[] reads = {0};
    ConfigFile read = ConfigFile.read(file, now, any -> Optional.of(texts[reads[0]++]));
    assertThat(read.plan()).isEmpty();
    assertThat(read.problems()).singleElement().asString().contains("is being written");
  }
}
