package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.edge.server.EdgeServer;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose overlay another process is to have, and that has it again since that did not come:
 * what becomes of requests for its services that land elsewhere, and of commands.
 */
class TakeoverYieldTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void oneForwardsToTheOther() {
    world = new TestWorld(folder);
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("at nyc", 2));
    fra = world.site("fra", 1).knows("shop", 10).dials(nyc.overlay);
    nyc.start();
    fra.start();
    fra.awaitNextHops(10, NYC);
    Await.until("fra forwards to nyc", () -> ask().body().equals("at nyc"));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private HttpWire.Answer ask() {
    return HttpWire.get(fra.http, "shop.test", "/");
  }

  private boolean isAwaited() {
    return fra.node().snapshots.published(SHOP).awaited();
  }

  private static EdgeServer edge(TestSite site) {
    return Objects.requireNonNull(site.node().edge());
  }

  @Test
  void aRequestThatLandsElsewhereWaitsForTheNode() throws IOException {
    TakeoverYield yielding = new TakeoverYield(nyc.node());
    yielding.begin("another process");
    Await.until("fra waits for it", this::isAwaited);
    assertThat(fra.nextHops(10)).as("its routes are none").isEmpty();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<HttpWire.Answer> answer = CompletableFuture.supplyAsync(this::ask, threads);
      Await.until("it waits", () -> edge(fra).stats().requestsInProgress() == 1);
      yielding.end();
      assertThat(answer.join().status()).isEqualTo(200);
    }
    Await.until("a loss is a loss again", () -> !isAwaited());
  }

  @Test
  void aRequestThatCrossesTheEndOfTheSessionIsServed() throws IOException {
    try (Socket client = new Socket()) {
      client.connect(fra.http);
      client.setSoTimeout((int) Await.PATIENCE.toMillis());
      write(client, "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\na");
      Await.until("nyc has it", () -> edge(nyc).stats().requestsInProgress() == 1);
      TakeoverYield yielding = new TakeoverYield(nyc.node());
      yielding.begin("another process");
      Await.until("fra waits for it", this::isAwaited);
      write(client, "b");
      assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      yielding.end();
    }
    assertThat(ask().status()).isEqualTo(200);
  }

  private static void write(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aConnectionOfANodeThatDoesNotComeBackIsJudgedAgain() throws IOException {
    assertThat(nyc.node().requestConnections()).isPositive();
    TakeoverYield yielding = new TakeoverYield(nyc.node());
    yielding.begin("another process");
    fra.close();
    yielding.end();
    Await.until("it is closed", () -> nyc.node().requestConnections() == 0);
  }

  @Test
  void nothingIsAskedOfAProcessThatHasNotTakenOverYet() {
    OperatorFile operators = nyc.node().operators;
    operators.hold();
    HttpWire.Answer refused = nyc.command("POST", "drain", "{\"service\": \"shop\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("nothing has changed", "try again in a few seconds");
    assertThat(fra.node().snapshots.published(SHOP).candidates().getFirst().signal())
        .hasToString("UP");
    assertThat(operators.shown()).isEmpty();
    HttpWire.Answer announced = nyc.command("PUT", "services/shop", "{\"ttlMillis\": 60000}");
    assertThat(announced.status())
        .as("a lease that is renewed: " + announced.body())
        .isEqualTo(200);
    operators.release();
    assertThat(nyc.command("POST", "drain", "{\"service\": \"shop\"}").status()).isEqualTo(200);
    assertThat(operators.shown()).isPresent();
  }

  /** From its first answer on: the admin socket is open long before this process is in sync. */
  @Test
  void noConfigIsAppliedByAProcessThatHasNotTakenOverYet() {
    TestSite lon = world.site("lon", 3).startBehindAnother();
    lon.hosts("shop", 10, world.origin("at lon", 3));
    HttpWire.Answer refused = lon.apply();
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains("the node goes on in another process", "try again");
    lon.node().configurations.release();
    assertThat(lon.apply().status()).isEqualTo(200);
  }

  @Test
  void noConfigIsAppliedByAProcessThatAnotherOneTakesOverFrom() {
    nyc.hosts("blog", 11, world.origin("at nyc", 4));
    assertThat(nyc.node().configurations.hold()).isEmpty();
    assertThat(nyc.apply().status()).isEqualTo(409);
    nyc.node().configurations.release();
    assertThat(nyc.apply().status()).isEqualTo(200);
  }

  /** Its service host renewed it with the other process. */
  @Test
  void aLeaseIsNotOverForThatAnotherProcessHadItsRenewals() throws IOException {
    assertThat(nyc.command("PUT", "services/shop", "{\"ttlMillis\": 1000}").status())
        .isEqualTo(200);
    TakeoverYield yielding = new TakeoverYield(nyc.node());
    yielding.begin("another process");
    assertThat(yielding.leases()).containsOnlyKeys(SHOP);
    Await.until("it would be over", () -> leased(yielding).isEmpty());
    yielding.end();
    assertThat(leased(yielding)).containsExactly(SHOP);
  }

  private static Set<ServiceName> leased(TakeoverYield yielding) {
    try {
      return yielding.leasesNow().keySet();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
