package io.landfall.node;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two configs that differ in overlay.asn: both nodes tell so, however often they try again. */
class WrongAsTest {
  private static final Pattern FAILED = Pattern.compile("\"failedAttempts\":(\\d+)");

  @TempDir Path folder;
  private TestWorld world;

  @BeforeEach
  void start() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void theAsThatTheOtherNodeNamesIsWhatShowPeersTells() {
    TestSite fra = world.site("fra", 1);
    TestSite nyc = world.site("nyc", 2).overlay("asn: 4200000001");
    fra.dials(nyc.overlay).start();
    nyc.dials(fra.overlay).start();
    for (int failures : new int[] {1, 3, 5}) {
      awaitReason(fra, nyc, failures);
      awaitReason(nyc, fra, failures);
    }
  }

  /** Waits until so many connections have failed, and the reason is still the one that tells. */
  private static void awaitReason(TestSite site, TestSite other, int failures) {
    Await.until(
        site.name + " has failed " + failures + " times, and names the AS",
        () -> attempts(site, other) >= failures && site.show("show/peers").contains("Bad Peer AS"),
        () -> site.show("show/peers"));
  }

  private static long attempts(TestSite site, TestSite other) {
    HttpWire.Answer peer =
        HttpWire.get(site.socket(), "localhost", "/v1/show/peers?peer=" + other.name);
    Matcher failed = FAILED.matcher(peer.body());
    return failed.find() ? Long.parseLong(failed.group(1)) : 0;
  }
}
