package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is cached changes while the node runs; what is stored of a service that stays is used on.
 */
class ReconfigureCacheEndToEndTest {
  private static final String KEYS =
      "backends: [\"%s\"]\nprobe: {http: /healthz, interval: 300ms, timeout: 300ms}\n";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin one;
  private TestOrigin other;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    one = world.origin("one", 1);
    other = world.origin("other", 2);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private TestSite shop(String cache) {
    return fra.hostsWith("shop", 10, KEYS.formatted(one.url()) + cache);
  }

  private TestSite media(String cache) {
    return fra.hostsWith("media", 11, KEYS.formatted(other.url()) + cache);
  }

  private void applied() {
    HttpWire.Answer answer = fra.apply();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static long asked(TestOrigin origin, String path) {
    return origin.received.stream().filter(r -> r.line().contains(" " + path + " ")).count();
  }

  private void get(String service, String path) {
    assertThat(HttpWire.get(fra.http, service + ".test", path).status()).isEqualTo(200);
  }

  private void awaitServed(String service) {
    Await.until(
        service + " is served",
        () -> HttpWire.get(fra.http, service + ".test", "/ready").status() == 200,
        () -> fra.show("show/services"));
  }

  @Test
  void aCachedServiceComesAndWhatIsStoredOfTheOtherIsUsedOn() {
    shop("cache: {default-ttl: 10m}\n").start();
    awaitServed("shop");
    get("shop", "/a");
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(1);

    media("cache: {default-ttl: 10m}\n");
    applied();
    awaitServed("media");
    get("media", "/b");
    get("media", "/b");
    get("shop", "/a");
    assertThat(asked(other, "/b")).isEqualTo(1);
    assertThat(asked(one, "/a")).isEqualTo(1);

    fra.forgets("media");
    applied();
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(1);
  }

  @Test
  void aServiceThatWasNotCachedIsAndThenIsNot() {
    shop("").start();
    awaitServed("shop");
    get("shop", "/a");
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(2);

    shop("cache: {default-ttl: 10m}\n");
    applied();
    get("shop", "/a");
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(3);

    shop("");
    applied();
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(4);
  }

  @Test
  void anotherPolicyBeginsWithAnEmptyCacheAndTheOldOneDoesNotComeBackWithWhatItHad() {
    shop("cache: {default-ttl: 10m}\n").start();
    awaitServed("shop");
    get("shop", "/a");
    shop("cache: {default-ttl: 20m}\n");
    applied();
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(2);

    assertThat(fra.command("POST", "configure/undo", "{}").status()).isEqualTo(200);
    get("shop", "/a");
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(3);
  }

  @Test
  void theShareOfAServiceChangesAndWhatIsStoredStays() {
    shop("cache: {default-ttl: 10m}\n").start();
    awaitServed("shop");
    get("shop", "/a");
    shop("cache: {default-ttl: 10m, memory-percent: 50}\n");
    applied();
    get("shop", "/a");
    assertThat(asked(one, "/a")).isEqualTo(1);
  }
}
