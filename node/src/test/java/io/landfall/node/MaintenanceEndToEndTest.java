package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator holds a service in maintenance: real sockets, and the admin socket. */
class MaintenanceEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin origin;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    origin = world.origin("one", 1);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void start(String maintenance) {
    fra.hostsWith(
        "shop",
        10,
        """
        backends: ["%s"]
        probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}
        %s
        """
            .formatted(origin.url(), maintenance));
    fra.start();
    awaitUp();
  }

  private void awaitUp() {
    Await.until(
        "shop is UP",
        () -> fra.show("show/services").contains("\"signal\":\"UP\""),
        () -> fra.show("show/services"));
  }

  private HttpWire.Answer get() {
    return HttpWire.get(fra.http, "shop.test", "/");
  }

  private String metrics() {
    return HttpWire.get(fra.socket(), "localhost", "/metrics").body();
  }

  private HttpWire.Answer set(String service, boolean on, String more) {
    return fra.command(
        "POST", "maintenance", "{\"service\":\"" + service + "\",\"on\":" + on + more + "}");
  }

  private void restart() {
    fra.close();
    fra.start();
    awaitUp();
  }

  @Test
  void itHoldsFromOneRequestToTheNextAndOverARestart() {
    start("");
    assertThat(get().status()).isEqualTo(200);
    assertThat(set("shop", true, ",\"retryAfterSeconds\":120").body())
        .contains("shop is in maintenance: requests that land at this node get 503");
    HttpWire.Answer held = get();
    assertThat(held.status()).isEqualTo(503);
    assertThat(held.field("retry-after")).contains("120");
    assertThat(held.body()).contains("MAINTENANCE");
    assertThat(fra.show("show/services")).contains("\"maintenance\":\"by an operator\"");
    assertThat(fra.show("show/services")).as("it stays advertised").contains("\"signal\":\"UP\"");
    assertThat(fra.show("show/ingress")).contains("maintenance shop 120s (kept in ");
    assertThat(fra.show("explain?url=http://shop.test/")).contains("(MAINTENANCE)");
    assertThat(metrics()).contains("landfall_service_maintenance{service=\"shop\"} 1.0");

    restart();
    assertThat(get().status()).isEqualTo(503);
    assertThat(fra.hosts("media", 11, origin).apply().status()).isEqualTo(200);
    assertThat(get().status()).as("with another config").isEqualTo(503);

    assertThat(set("shop", false, "").body()).contains("shop is in maintenance no longer");
    assertThat(get().status()).isEqualTo(200);
    assertThat(metrics()).contains("landfall_service_maintenance{service=\"shop\"} 0.0");
    assertThat(set("shop", false, "").body()).contains("shop was not in maintenance");
    restart();
    assertThat(get().status()).isEqualTo(200);
  }

  @Test
  void thePageAndThoseWhoAreServedAreTheConfigs() throws Exception {
    Path page = Files.writeString(folder.resolve("page.html"), "<p>back soon</p>");
    start("maintenance: {page: " + page + ", retry-after: 7s, active: false}");
    assertThat(get().status()).as("it is not active").isEqualTo(200);
    assertThat(set("shop", true, "").status()).isEqualTo(200);
    HttpWire.Answer held = get();
    assertThat(held.body()).contains("back soon");
    assertThat(held.field("retry-after")).contains("7");
  }

  @Test
  void clientsOfTheConfigsListAreServedMeanwhile() {
    start("maintenance: {allow: [127.0.0.0/8, \"::1/128\"], active: false}");
    assertThat(set("shop", true, "").status()).isEqualTo(200);
    assertThat(get().status()).isEqualTo(200);
    assertThat(fra.show("show/services")).contains("by an operator");
  }

  @Test
  void whatTheConfigHoldsIsNotSwitchedOffByCommand() {
    start("maintenance: {}");
    HttpWire.Answer refused = set("shop", false, "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body())
        .contains("shop is in maintenance by the config: remove services.shop.maintenance");
    assertThat(get().status()).isEqualTo(503);
    assertThat(fra.show("show/services")).contains("by the config");
    assertThat(set("nope", true, "").status()).isEqualTo(404);
    assertThat(set("nope", true, "").body()).contains("no service nope is configured");
  }
}
