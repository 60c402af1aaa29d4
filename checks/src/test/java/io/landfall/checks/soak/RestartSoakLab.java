package io.landfall.checks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four nodes, of which the first two are the reflectors of the other two, are restarted one after
 * the other under load, by SIGTERM and by SIGKILL, both reflectors in a row. Each of two services
 * is hosted at a reflector and at a client, so it is up somewhere all the time.
 *
 * <p>Clients land where a router has the prefix, and every one of them has to get its 200. As soon
 * as a restarted node accepts connections, long before its prefix is announced, {@link
 * #GETS_BEHIND_A_RESTART} GETs go to it as well, by turns for the service beside it and for the one
 * elsewhere: all have to get their 200 too.
 *
 * <p>The next node is restarted when all others know the service of the one before and its paths to
 * its peers are up: an operator who does not wait for that takes away both places of a service.
 *
 * <p>No failure is a connection that ends without an answer at a node that is killed with SIGKILL,
 * from then until it accepts connections again: no node can keep what it had when it was killed. A
 * request that another node had forwarded to it counts. Nor is a connection refused where the
 * prefix was withdrawn meanwhile: this client landed by a route that is gone.
 */
class RestartSoakLab {
  private static final int GETS_BEHIND_A_RESTART = 300;

  /** What four clients have asked for at the least; one that hangs would not be noticed else. */
  private static final int LEAST_LOAD = 1_000;

  private static final int HEAP_MIB = 128;
  private static final int EXIT_SECONDS = 30;
  private static final Duration START = Duration.ofSeconds(90);
  private static final RestartLoad.Service SHOP =
      new RestartLoad.Service("shop.test", "shop got ''");
  private static final RestartLoad.Service BLOG =
      new RestartLoad.Service("blog.test", "blog got ''");

  /** fra and nyc reflect; sin and syd are their clients. */
  private static final List<String> NAMES = List.of("fra", "nyc", "sin", "syd");

  private static final List<Integer> REFLECTORS = List.of(1, 2);

  /** shop is at fra and syd, blog at nyc and sin. */
  private static final List<Boolean> HAS_SHOP = List.of(true, false, false, true);

  @TempDir Path dir;
  private final List<SoakNode> nodes = new ArrayList<>();
  private final List<TestRouter> routers = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(SoakNode::close);
    routers.forEach(TestRouter::close);
  }

  @Test
  @SuppressWarnings("SystemOut") // A line for people; what is asserted comes after it.
  void nodesAreRestartedInTurnAndNoRequestFails() throws Exception {
    SoakWorld world = new SoakWorld(dir);
    try (Origin shop = new Origin("shop", world.address(50, 1));
        Origin blog = new Origin("blog", world.address(50, 2))) {
      for (int i = 0; i < NAMES.size(); i++) {
        routers.add(new TestRouter(world.address(20, i + 1)));
        nodes.add(new SoakNode(NAMES.get(i), dir, HEAP_MIB));
        config(world, i, shop.url(), blog.url());
      }
      nodes.forEach(SoakNode::start);
      IntStream.range(0, nodes.size()).forEach(this::awaitAnnounced);
      IntStream.range(0, nodes.size()).forEach(this::awaitKnown);
      List<InetSocketAddress> edges =
          IntStream.rangeClosed(1, nodes.size()).mapToObj(world::http).toList();
      RestartLoad load = new RestartLoad(world.address(40, 1), edges, routers);
      try (load) {
        for (RestartLoad.Service each : List.of(SHOP, BLOG, SHOP, BLOG)) {
          load.start(each);
        }
        for (boolean kill : List.of(false, true)) {
          for (int i = 0; i < nodes.size(); i++) {
            restart(world, load, i, kill);
          }
        }
      }
      System.out.println("restarts: " + load.tally);
      assertThat(load.failures()).as("%s", load.tally).isEmpty();
      assertThat(load.tally.of("load")).as("clients that got nowhere").isGreaterThan(LEAST_LOAD);
    }
  }

  private void config(SoakWorld world, int i, String shop, String blog) {
    int number = i + 1;
    boolean hasShop = HAS_SHOP.get(i);
    boolean reflects = REFLECTORS.contains(number);
    String reflectors = reflects ? NAMES.get(i == 0 ? 1 : 0) : "fra, nyc";
    world.node(
        NAMES.get(i),
        number,
        List.of(hasShop ? "shop" : "blog"),
        world.overlay(
                number,
                REFLECTORS.stream().filter(each -> each != number).toList(),
                (reflects ? "reflector: true\n" : "") + "reflectors: [" + reflectors + "]")
            + routers.get(i).ingress("drain-wait: 1s")
            + """
            services:
              shop: {identity: 10.32.1.10, hosts: [shop.test]%s}
              blog: {identity: 10.32.1.11, hosts: [blog.test]%s}
            """
                .formatted(hasShop ? hosted(shop) : "", hasShop ? "" : hosted(blog)));
  }

  /** A backend that a busy machine does not take out of service. */
  private static String hosted(String url) {
    return ", backends: [\"%s\"], probe: {interval: 10s, timeout: 10s}".formatted(url);
  }

  private void awaitAnnounced(int i) {
    Await.until(
        START,
        NAMES.get(i) + " is announced",
        () -> routers.get(i).prefix() == TestRouter.Prefix.USUAL,
        () -> nodes.get(i).log());
  }

  private void restart(SoakWorld world, RestartLoad load, int i, boolean kill) throws Exception {
    SoakNode node = nodes.get(i);
    if (kill) {
      load.killing(i);
      node.kill();
    } else {
      assertThat(node.terminate(EXIT_SECONDS)).as("exit code of %s", node).isZero();
    }
    node.start();
    Await.until(START, node + " accepts", () -> accepts(world, i), node::log);
    load.isBack(i);
    for (int n = 0; n < GETS_BEHIND_A_RESTART; n++) {
      load.ask(i, n % 2 == 0 ? SHOP : BLOG, "behind a restart");
    }
    awaitAnnounced(i);
    awaitKnown(i);
  }

  /** Waits for what an operator looks at before the next node: all others know its service. */
  private void awaitKnown(int i) {
    for (SoakNode other : nodes) {
      if (!other.equals(nodes.get(i))) {
        Await.until(START, other + " knows " + nodes.get(i), () -> knows(other, i), other::log);
      }
    }
    Await.until(
        START,
        nodes.get(i) + " has paths to all its peers",
        () -> isUpTo(nodes.get(i), REFLECTORS.contains(i + 1) ? 3 : 2),
        () -> nodes.get(i).tell("show", "bfd"));
  }

  private static boolean knows(SoakNode node, int other) {
    try {
      String routes = node.ask("/v1/show/routes");
      String service = HAS_SHOP.get(other) ? "10.32.1.10" : "10.32.1.11";
      String from = routes.substring(Math.max(0, routes.indexOf('"' + service + '"')));
      int next = from.indexOf("10.32.1.", service.length());
      return (next < 0 ? from : from.substring(0, next)).contains("\"10.32.0." + (other + 1) + '"');
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isUpTo(SoakNode node, int peers) {
    try {
      return Pattern.compile("\"state\":\"up\"").matcher(node.ask("/v1/show/bfd")).results().count()
          >= peers;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean accepts(SoakWorld world, int i) {
    try (Socket socket = Connections.plain(world.address(40, 1), world.http(i + 1))) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
