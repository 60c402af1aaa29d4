package io.landfall.checks.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.Bird;
import io.landfall.checks.lab.BirdConfig;
import io.landfall.checks.lab.BirdConfig.Neighbor;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control of the leak drill: the stream that Landfall refuses whole is one that a router
 * without filters takes whole. So what the drill sees is Landfall's refusal, and not broken bytes.
 */
class LeakDrillControlLab {
  private static final long AS_OF_BOTH = 4_200_000_000L;

  @TempDir Path dir;

  @Test
  void aBirdWithoutFiltersTakesTheWholeInternetOfThatDay() throws IOException {
    LabRequirements.require("ip-netns-root", "bird");
    List<byte[]> internet = InternetUpdates.all();
    Path stream = dir.resolve("stream");
    Files.write(stream, stream(internet));
    try (NetworkNamespace router = NetworkNamespace.create("drill", "router");
        NetworkNamespace leaker = NetworkNamespace.create("drill", "leaker")) {
      NetworkNamespace.link(
          new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
          new NetworkNamespace.End(leaker, "eth0", "192.0.2.2/24"));
      Bird bird =
          Bird.start(
              router,
              dir,
              "bird",
              new BirdConfig("192.0.2.1", AS_OF_BOTH)
                  .neighbor(Neighbor.plain("leaker", "192.0.2.1", "192.0.2.2", AS_OF_BOTH)));
      leaker.start("leaker", dir, LeakingPeer.command("192.0.2.1", stream));
      bird.awaitEstablished("leaker");

      String wanted = "Routes:         " + standing(internet) + " imported";
      bird.await("all routes", "show protocols all leaker", answer -> answer.contains(wanted));

      assertThat(bird.query("show protocols all leaker"))
          .containsPattern("Import updates: +52468 +0 +0 ");
    }
  }

  /** Everything that the peer says: nothing in it depends on an answer. */
  private static byte[] stream(List<byte[]> updates) {
    List<byte[]> all = new ArrayList<>();
    all.add(Wires.open((int) AS_OF_BOTH, 0xC0000202));
    all.add(Wires.KEEPALIVE);
    all.addAll(updates);
    return Wires.stream(all);
  }

  /** How many prefixes stand once every message was heard. */
  private static int standing(List<byte[]> updates) {
    Map<String, Boolean> table = new HashMap<>();
    for (byte[] update : updates) {
      Wires.Prefixes prefixes = Wires.prefixes(update);
      prefixes.withdrawn().forEach(table::remove);
      prefixes.announced().forEach(prefix -> table.put(prefix, true));
    }
    return table.size();
  }
}
