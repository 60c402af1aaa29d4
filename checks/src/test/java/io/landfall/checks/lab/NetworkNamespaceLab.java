package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.host.Command;
import io.landfall.lab.host.NetworkNamespace;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The harness itself: two hosts and a cable, two BIRDs that find each other, nothing left behind.
 */
class NetworkNamespaceLab {
  private static final int AGAIN = 20;

  @TempDir Path dir;

  @Test
  void twoBirdsExchangeARouteAcrossAVethPairAndNothingIsLeftBehind() {
    LabRequirements.require("ip-netns-root", "bird");
    String oneName;
    try (var one = NetworkNamespace.create("harness", "one");
        var two = NetworkNamespace.create("harness", "two")) {
      oneName = one.name();
      NetworkNamespace.link(
          new NetworkNamespace.End(one, "eth0", "192.0.2.1/24"),
          new NetworkNamespace.End(two, "eth0", "192.0.2.2/24"));
      var first =
          new BirdConfig("192.0.2.1", 64501)
              .exportsStatic("203.0.113.0/24")
              .neighbor(BirdConfig.Neighbor.plain("peer", "192.0.2.1", "192.0.2.2", 64502));
      var second =
          new BirdConfig("192.0.2.2", 64502)
              .neighbor(BirdConfig.Neighbor.plain("peer", "192.0.2.2", "192.0.2.1", 64501));
      Bird.start(one, dir, "one", first);
      Bird bird = Bird.start(two, dir, "two", second);

      bird.awaitEstablished("peer");
      bird.await("the route", "show route 203.0.113.0/24 all", a -> a.contains("as_path: 64501"));
      assertThat(bird.routeCountFrom("peer")).isEqualTo(1);
      assertThat(bird.hasRoute("198.51.100.0/24")).isFalse();
    }
    assertThat(Command.run("ip", "netns", "list").text()).doesNotContain(oneName);
  }

  @Test
  void theNameOfALinkIsFreeWhenItsOtherEndIsClosed() {
    LabRequirements.require("ip-netns-root");
    try (NetworkNamespace shared = NetworkNamespace.create("netns", "shared")) {
      for (int i = 0; i < AGAIN; i++) {
        try (NetworkNamespace other = NetworkNamespace.create("netns", "other")) {
          NetworkNamespace.link(
              new NetworkNamespace.End(shared, "again", "192.0.2.1/24"),
              new NetworkNamespace.End(other, "eth0", "192.0.2.2/24"));
        }
        assertThat(shared.must("ip", "-o", "link", "show")).doesNotContain("again");
      }
    }
  }
}
