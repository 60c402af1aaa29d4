package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The looking glass of a real node, read by the requests of Alice-LG's client in both of its modes,
 * with the config that docs/refusals.md prints.
 */
class AliceLookingGlassTest {
  private static final long AS = 4_200_000_000L;
  private static final String ROGUE = "10.32.0.9";
  private static final String OTHER = "10.32.0.8";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private InetSocketAddress glass;

  @BeforeEach
  void aNodeWithTwoPeersOfWhichOneHasRefusedRoutes() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).hosts("shop", 10, world.origin("shop", 1));
    fra.knows("api", 11).knows("web", 12);
    glass = world.free(1);
    fra.lookingGlass(glass).start();
    fra.awaitNextHops(10, "10.32.0.1");
    peer("rogue", 9, "api")
        .send(
            BgpBytes.announce(
                ROGUE,
                BgpMessages.prefix("10.32.1.11/32"),
                BgpMessages.prefix("10.32.1.10/32"),
                BgpMessages.prefix("192.0.2.0/24")));
    peer("other", 8, "web").send(BgpBytes.announce(OTHER, BgpMessages.prefix("10.32.1.12/32")));
    fra.awaitNextHops(11, ROGUE).awaitNextHops(12, OTHER);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private ScriptedPeer peer(String name, int number, String service) {
    ScriptedPeer peer =
        world.owned(ScriptedPeer.connect(fra.overlay, world.credentials(name, number, service)));
    peer.establish(Octets.ipv4("10.32.0." + number));
    fra.awaitAdjacency(name);
    return peer;
  }

  /** The keys of a section of the page's block for Alice-LG. */
  private static Map<String, String> section(String name) {
    try {
      String page = Files.readString(RefusalRulesTest.root().resolve("docs/refusals.md"));
      Map<String, String> keys = new LinkedHashMap<>();
      String rest = page.substring(page.indexOf("\n[" + name + "]\n") + name.length() + 4);
      for (String line : rest.lines().toList()) {
        if (line.isBlank() || line.startsWith("[") || line.startsWith("```")) {
          break;
        }
        String[] pair = line.split(" = ", 2);
        keys.put(pair[0], pair[1]);
      }
      return keys;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private AliceClient client(String source) {
    return new AliceClient(glass, section("source." + source + ".birdwatcher"));
  }

  /** What its page says of a filtered route: the reason whose community the route has. */
  private static List<String> reasons(List<AliceClient.Route> filtered) {
    Map<String, String> reasons = section("rejection_reasons");
    return filtered.stream()
        .map(
            route ->
                route.network()
                    + ": "
                    + route.largeCommunities().stream()
                        .map(c -> c.get(0) + ":" + c.get(1) + ":" + c.get(2))
                        .map(c -> reasons.getOrDefault(c, ""))
                        .reduce("", String::concat))
        .sorted()
        .toList();
  }

  private static List<String> networks(List<AliceClient.Route> routes) {
    return routes.stream().map(AliceClient.Route::network).sorted().toList();
  }

  private static void hasBothNeighbors(AliceClient alice) {
    assertThat(alice.neighbors())
        .containsExactlyInAnyOrder(
            new AliceClient.Neighbor(
                "rogue", ROGUE, AS, "up", new AliceClient.Counts(3, 1, 2, 2, 1)),
            new AliceClient.Neighbor(
                "other", OTHER, AS, "up", new AliceClient.Counts(1, 1, 0, 2, 1)));
  }

  private static void areTheRoutesOfRogue(AliceClient.Tabs rogue) {
    assertThat(rogue.imported())
        .containsExactly(
            new AliceClient.Route("10.32.1.11/32", "rogue", ROGUE, ROGUE, true, List.of()));
    assertThat(reasons(rogue.filtered()))
        .containsExactly(
            "10.32.1.10/32: the node that originates it may not originate that service",
            "192.0.2.0/24: a prefix shorter than a host");
    assertThat(rogue.filtered()).allMatch(route -> route.neighbor().equals("rogue"));
  }

  @Test
  void ofOneTable() {
    AliceClient alice = client("fra");
    assertThat(alice.status().routerId()).isEqualTo("10.32.0.1");
    assertThat(alice.states()).isEqualTo(Map.of("rogue", "up", "other", "up"));
    hasBothNeighbors(alice);
    assertThat(alice.requested())
        .containsExactly("/status", "/protocols/short?uncached=true", "/protocols/bgp");

    AliceClient.Tabs rogue = alice.routes("rogue");
    areTheRoutesOfRogue(rogue);
    // A route of one peer is not advertised to another (RFC 4456: by a reflector only).
    assertThat(networks(rogue.notExported())).containsExactly("10.32.1.12/32");
    assertThat(alice.requested())
        .containsExactly(
            "/routes/protocol/rogue", "/routes/filtered/rogue", "/routes/noexport/rogue");

    AliceClient.Tabs all = alice.allRoutes();
    assertThat(networks(all.imported()))
        .containsExactly("10.32.0.1/32", "10.32.1.10/32", "10.32.1.11/32", "10.32.1.12/32");
    assertThat(reasons(all.filtered())).isEqualTo(reasons(rogue.filtered()));
    assertThat(networks(alice.prefix("10.32.1.11/32"))).containsExactly("10.32.1.11/32");
    assertThat(alice.requested())
        .containsExactly(
            "/routes/table/master",
            "/routes/table/master/filtered",
            "/routes/prefix?prefix=10.32.1.11/32");
  }

  @Test
  void ofSeveralTables() {
    AliceClient alice = client("fra_multi");
    hasBothNeighbors(alice);
    assertThat(alice.requested()).containsExactly("/protocols");

    AliceClient.Tabs rogue = alice.routes("rogue");
    areTheRoutesOfRogue(rogue);
    // Its client asks for what the pipe does not carry, and that is nothing.
    assertThat(rogue.notExported()).isEmpty();
    assertThat(alice.requested())
        .containsExactly(
            "/protocols",
            "/routes/peer/" + ROGUE,
            "/protocols",
            "/routes/filtered/rogue",
            "/routes/pipe/filtered?table=master&pipe=pipe_overlay",
            "/protocols",
            "/routes/noexport/pipe_overlay");

    AliceClient.Tabs all = alice.allRoutes();
    assertThat(networks(all.imported()))
        .containsExactly("10.32.0.1/32", "10.32.1.10/32", "10.32.1.11/32", "10.32.1.12/32");
    assertThat(reasons(all.filtered())).isEqualTo(reasons(rogue.filtered()));
  }

  @Test
  void anErrorIsASentenceThatItShows() {
    AliceClient alice = client("fra");
    assertThat(alice.error("/routes/protocol/rouge")).contains("did you mean rogue?");
    assertThat(alice.error("/routes/prefix?prefix=shop")).contains("'shop' is not an address");
    assertThat(alice.error("/symbols")).startsWith("there is nothing at /symbols");
  }

  @Test
  void aChangeOfTheConfigIsItsLastReconfiguration() {
    AliceClient alice = client("fra");
    LocalDateTime started = alice.status().reboot();
    assertThat(alice.status().reconfig()).isEqualTo(started);
    Await.until(
        "another second than that of the start",
        () -> alice.status().now().isAfter(started),
        () -> started.toString());
    assertThat(fra.knows("media", 13).apply().status()).isEqualTo(200);
    AliceClient.Status changed = alice.status();
    assertThat(changed.reboot()).isEqualTo(started);
    assertThat(changed.reconfig())
        .isAfter(started)
        .isBeforeOrEqualTo(LocalDateTime.now(ZoneOffset.UTC));
  }
}
