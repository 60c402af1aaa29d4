package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One backend of several gets no new requests: by its operator, or by its weight. */
class BackendDrainEndToEndTest {
  private static final int REQUESTS = 40;

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin one;
  private TestOrigin other;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    one = world.origin("one", 1);
    other = world.origin("other", 1);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void start(int weightOfOne) {
    fra.hostsWith(
        "shop",
        10,
        """
        backends: [{url: "%s", weight: %d}, "%s"]
        probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}
        """
            .formatted(one.url(), weightOfOne, other.url()));
    fra.start();
    awaitSignal("UP");
  }

  private void awaitSignal(String signal) {
    Await.until(
        "shop is " + signal,
        () -> fra.show("show/services").contains("\"signal\":\"" + signal + "\""),
        () -> fra.show("show/services"));
    Await.until(
        "both are healthy",
        () -> !fra.show("show/services").contains("\"healthy\":false"),
        () -> fra.show("show/services"));
  }

  private int get(String path) {
    return HttpWire.get(fra.http, "shop.test", path).status();
  }

  private void getAll(String path) {
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(get(path)).isEqualTo(200);
    }
  }

  private static long got(TestOrigin origin, String path) {
    return origin.requests().stream().filter(r -> r.line().contains(" " + path + " ")).count();
  }

  private HttpWire.Answer drain(String command, TestOrigin backend) {
    return fra.command(
        "POST", command, "{\"service\":\"shop\",\"backend\":\"" + backend.url() + "\"}");
  }

  @Test
  void weightsShareRequestsOut() {
    start(3);
    getAll("/weighed");
    // Each event loop has turns of its own.
    assertThat(got(one, "/weighed")).isBetween(REQUESTS / 2L, (long) REQUESTS - 4);
    assertThat(got(one, "/weighed") + got(other, "/weighed")).isEqualTo(REQUESTS);
  }

  @Test
  void aDrainedBackendGetsNothingNewAlsoAfterARestartUntilItIsTakenBack() {
    start(1);
    HttpWire.Answer drained = drain("drain", one);
    assertThat(drained.status()).isEqualTo(200);
    assertThat(drained.body()).contains(one.url() + " of shop drains; its signal here is UP");
    getAll("/drained");
    assertThat(got(one, "/drained")).isZero();
    assertThat(got(other, "/drained")).isEqualTo(REQUESTS);
    assertThat(fra.show("show/services"))
        .contains("\"drained\":true")
        .contains("\"drained\":false");

    fra.close();
    fra.start();
    awaitSignal("UP");
    assertThat(fra.show("show/services")).contains("\"drained\":true");
    getAll("/restarted");
    assertThat(got(one, "/restarted")).isZero();

    assertThat(drain("undrain", one).status()).isEqualTo(200);
    getAll("/undrained");
    assertThat(got(one, "/undrained")).isPositive();
    assertThat(fra.show("show/services")).doesNotContain("\"drained\":true");
  }

  @Test
  void aServiceWhoseBackendsAreAllDrainedIsDownByItsOperator() {
    start(1);
    assertThat(drain("drain", one).status()).isEqualTo(200);
    HttpWire.Answer last = drain("drain", other);
    assertThat(last.body())
        .contains(
            "its signal here is DOWN: 2 of 2 backends up, of which none gets requests:"
                + " 2 drained by command");
    assertThat(get("/")).as("no site has it, and no backend was asked in vain").isEqualTo(503);
    assertThat(fra.show("explain?url=http://shop.test/"))
        .contains("NO_SITE")
        .contains("2 drained by command");
    assertThat(one.requests()).isEmpty();
    drain("undrain", other);
    awaitSignal("UP");
    assertThat(get("/")).isEqualTo(200);
  }

  @Test
  void whatWasAskedOfThatWhichHasLeftTheConfigCanBeTakenBackAndNotBeAskedAgain() throws Exception {
    start(1);
    fra.close();
    Files.writeString(
        folder.resolve("fra1/operator-fra.state"),
        "drain gone\nwithdraw gone\ndrain backend gone http://a\ndrain backend shop http://b\n");
    fra.start();
    String gone = "{\"service\":\"gone\"}";
    String ofGone = "{\"service\":\"gone\",\"backend\":\"http://a\"}";
    String ofShop = "{\"service\":\"shop\",\"backend\":\"http://b\"}";
    for (String each : List.of(gone, ofGone, ofShop)) {
      assertThat(fra.command("POST", "drain", each).status()).as("drain " + each).isEqualTo(404);
      HttpWire.Answer taken = fra.command("POST", "undrain", each);
      assertThat(taken.status()).as("undrain " + each).isEqualTo(200);
      assertThat(taken.body()).contains("what was kept for it is kept no longer");
      assertThat(fra.command("POST", "undrain", each).status()).isEqualTo(404);
    }
    assertThat(fra.command("DELETE", "services/gone", "").status()).isEqualTo(404);
    assertThat(fra.command("PUT", "services/gone", "").status()).isEqualTo(200);
    assertThat(fra.command("PUT", "services/gone", "").status()).isEqualTo(404);
    assertThat(folder.resolve("fra1/operator-fra.state")).doesNotExist();
  }

  @Test
  void aBackendThatTheServiceDoesNotHaveIsNamedAndThoseThatItHas() {
    start(1);
    HttpWire.Answer unknown =
        fra.command("POST", "drain", "{\"service\":\"shop\",\"backend\":\"http://192.0.2.1\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).contains("shop has no backend http://192.0.2.1").contains(one.url());
    assertThat(
            fra.command("POST", "drain", "{\"service\":\"none\",\"backend\":\"http://192.0.2.1\"}")
                .status())
        .isEqualTo(404);
  }
}
