package io.landfall.node;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two configs that differ in the identity of a service: each node names the mismatch. */
class UnentitledRouteTest {
  @TempDir Path folder;

  @Test
  void bothNodesTellThatTheirConfigsDiffer() {
    TestWorld world = new TestWorld(folder);
    try {
      TestSite fra = world.site("fra", 1).hosts("shop", 10, world.origin("at fra", 1));
      TestSite nyc = world.site("nyc", 2).hosts("shop", 77, world.origin("at nyc", 2));
      fra.dials(nyc.overlay).start();
      nyc.dials(fra.overlay).start();
      awaitRefusal(fra, "10.32.1.77", "shop here is 10.32.1.10");
      awaitRefusal(nyc, "10.32.1.10", "shop here is 10.32.1.77");
    } finally {
      world.close();
    }
  }

  private static void awaitRefusal(TestSite site, String route, String mismatch) {
    Await.until(
        site.name + " names the mismatch",
        () -> site.rows("refused").stream().anyMatch(row -> isIt(row, route, mismatch)),
        () -> site.show("show/refused"));
  }

  private static boolean isIt(Map<String, Object> row, String route, String mismatch) {
    String what = String.valueOf(row.get("what"));
    return "not-entitled".equals(row.get("rule"))
        && what.startsWith(route)
        && what.contains(mismatch);
  }
}
