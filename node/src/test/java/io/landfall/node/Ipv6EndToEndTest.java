package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real nodes whose block is IPv6: identities and services are /128, certificates name them, routes
 * travel in MP_REACH_NLRI, and requests are forwarded over IPv4 or IPv6, whichever the sites have.
 */
class Ipv6EndToEndTest {
  private static final String FRA = "fd00:32::1";
  private static final String NYC = "fd00:32::2";
  private static final String SIN = "fd00:32::3";

  @TempDir Path folder;
  private TestWorld world;
  private CapturedLog log;

  @BeforeEach
  void ipv6World() {
    world = new TestWorld(folder, Block.parse("fd00:32::/112"));
    log = new CapturedLog();
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  @Test
  void threeSitesForwardToWhereTheServiceIsAndMoveWhenItGoes() {
    TestOrigin atNyc = world.origin("nyc", 2);
    TestOrigin atSin = world.origin("sin", 3);
    TestSite fra = world.site("fra", 1).knows("shop", 10);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, atNyc).dials(fra.overlay);
    TestSite sin = world.site("sin", 3).hosts("shop", 10, atSin).dials(fra.overlay, nyc.overlay);
    fra.dials(nyc.overlay, sin.overlay);
    fra.start();
    nyc.start();
    sin.start();
    fra.awaitAdjacency("nyc", "sin").awaitNextHops(10, NYC, SIN);
    nyc.awaitAdjacency("fra", "sin").awaitNextHops(10, NYC, SIN);
    sin.awaitNextHops(10, NYC, SIN);
    assertThat(fra.rows("refused")).isEmpty();
    awaitUsable(fra, 2);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("nyc");

    atNyc.stop();
    fra.awaitNextHops(10, SIN);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("sin");

    nyc.close();
    fra.awaitNextHops(10, SIN);
    Await.until(
        "the identity of nyc is gone", () -> !fra.show("show/routes").contains(NYC), fra::table);
  }

  @Test
  void whatIsShownAndExplainedNamesIpv6Addresses() {
    TestOrigin atNyc = world.origin("nyc", 2);
    TestSite fra = world.site("fra", 1).knows("shop", 10);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, atNyc).dials(fra.overlay);
    fra.dials(nyc.overlay);
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
    awaitUsable(fra, 1);
    assertThat(fra.peer("nyc")).containsEntry("identity", NYC);
    assertThat(fra.rows("routes"))
        .extracting(row -> row.get("address") + " " + row.get("kind") + " " + row.get("name"))
        .containsExactly(FRA + " node fra", NYC + " node nyc", "fd00:32::10a service shop");
    Map<String, Object> explained =
        ParsedJson.object(ParsedJson.parse(fra.show("explain?url=http://shop.test/x")));
    assertThat(explained).containsEntry("outcome", "forward").containsEntry("service", "shop");
    assertThat(log.with("adjacency up", "identity=" + NYC)).isNotEmpty();
  }

  @Test
  void nodesTalkOverIpv6TooAndServeClientsThere() {
    TestOrigin atNyc = world.origin("nyc", 2);
    TestSite fra = new TestSite(world, "fra", 1, loopback6(), loopback6()).knows("shop", 10);
    TestSite nyc =
        new TestSite(world, "nyc", 2, loopback6(), loopback6())
            .hosts("shop", 10, atNyc)
            .dials(fra.overlay);
    fra.dials(nyc.overlay);
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
    awaitUsable(fra, 1);
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("nyc");
    assertThat(atNyc.requests().getFirst().all("forwarded").toString()).contains("for=\"[::1]\"");
    assertThat(String.valueOf(fra.peer("nyc").get("endpoint"))).contains("[::1]:");
  }

  /**
   * What a reflector relays of a node's endpoint is in large communities: one, or four for IPv6.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsOfAReflectorFindEachOtherAndForwardInOneHop(boolean overIpv6) {
    TestSite rr = site("rr1", 11, overIpv6).knows("shop", 10).overlay("reflector: true").start();
    TestSite fra = site("fra", 1, overIpv6).knows("shop", 10);
    TestSite nyc = site("nyc", 2, overIpv6).hosts("shop", 10, world.origin("nyc", 2));
    for (TestSite client : List.of(fra, nyc)) {
      client.overlay("reflectors: [rr1]").dials(rr.overlay).start().awaitAdjacency("rr1");
    }
    fra.awaitNextHops(10, NYC);
    awaitUsable(fra, 1);
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/");
    assertThat(answer.status() + " " + answer.body()).isEqualTo("200 nyc");
    assertThat(answer.field("via").orElse("")).contains("fra").contains("nyc").doesNotContain("rr");
    assertThat(fra.peer("nyc")).as("no session between the clients").isEmpty();
    assertThat(rr.rows("routes"))
        .extracting(row -> row.get("address") + " " + row.get("kind"))
        .contains(FRA + " node", NYC + " node", "fd00:32::10a service");

    nyc.close();
    fra.awaitNextHops(10);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    nyc.start();
    awaitUsable(fra, 1);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("nyc");
  }

  private TestSite site(String name, int number, boolean overIpv6) {
    return overIpv6
        ? new TestSite(world, name, number, loopback6(), loopback6())
        : world.site(name, number);
  }

  private static InetSocketAddress loopback6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitUsable(TestSite site, int count) {
    Await.until(
        site.name + " has " + count + " usable candidates",
        () -> site.show("show/services").split("\"usable\":true", -1).length > count,
        () -> site.show("show/services"));
  }
}
