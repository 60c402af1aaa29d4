package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An authorization service, by a config that changes while the node runs. */
class AuthorizationEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin origin;
  private TestOrigin authorizer;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    origin = world.origin("one", 1);
    authorizer = world.origin("auth", 1);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void host(String rest) {
    fra.hostsWith(
        "shop",
        10,
        """
        backends: ["%s"]
        probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}
        %s
        """
            .formatted(origin.url(), rest));
  }

  private String authorization(String more) {
    return "authorization: {url: \"" + authorizer.url() + "/check\", timeout: 300ms" + more + "}";
  }

  private int get() {
    return HttpWire.get(fra.http, "shop.test", "/x").status();
  }

  @Test
  void itChangesWithTheConfigAndIsCountedAndExplained() {
    host("");
    fra.start();
    Await.until("shop is served", () -> get() == 200, () -> fra.show("show/services"));
    assertThat(authorizer.requests()).isEmpty();

    host(authorization(""));
    assertThat(fra.apply().status()).isEqualTo(200);
    assertThat(get()).isEqualTo(200);
    assertThat(authorizer.requests().getFirst().line()).isEqualTo("GET /check HTTP/1.1");
    assertThat(authorizer.requests().getFirst().all("X-Forwarded-Uri")).containsExactly("/x");

    authorizer.mode = TestOrigin.Mode.HANG;
    assertThat(get()).isEqualTo(503);
    assertThat(fra.show("show/decisions")).contains("AUTHORIZATION_FAILED");
    host(authorization(", on-failure: allow"));
    assertThat(fra.apply().status()).isEqualTo(200);
    assertThat(get()).isEqualTo(200);

    assertThat(HttpWire.get(fra.socket(), "localhost", "/metrics").body())
        .contains("landfall_authorization_total{result=\"allowed\",service=\"shop\"} 1.0")
        .contains("landfall_authorization_total{result=\"failed\",service=\"shop\"} 1.0")
        .contains("landfall_authorization_total{result=\"failed_open\",service=\"shop\"} 1.0")
        .contains("landfall_authorization_in_flight{service=\"shop\"} 0.0");
    assertThat(fra.show("explain?url=http://shop.test/"))
        .contains("what " + authorizer.url() + "/check refuses is answered as it has it");

    host("");
    assertThat(fra.apply().status()).isEqualTo(200);
    int asked = authorizer.requests().size();
    assertThat(get()).isEqualTo(200);
    assertThat(authorizer.requests()).hasSize(asked);
  }
}
