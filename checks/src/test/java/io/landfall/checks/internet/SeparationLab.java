package io.landfall.checks.internet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.Bird;
import io.landfall.checks.lab.BirdConfig;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The safety property of the whole system, against a real router: whatever services and overlay do,
 * the Internet is told nothing.
 *
 * <p>Three nodes, each with a cable to one BIRD, and a cable between each two of them that only the
 * overlay uses. For a minute every service flaps at every site, by probe, by command and by lease,
 * and meanwhile all cables of the overlay are cut and mended. BIRD counts what it received, the
 * nodes what they sent.
 */
class SeparationLab {
  private static final List<String> NAMES = List.of("fra", "nyc", "sin");
  private static final Duration FLAPPING = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PACE_MILLIS = 100;

  @TempDir Path dir;

  private final List<NetworkNamespace> namespaces = new ArrayList<>();
  private final List<RealSite> sites = new ArrayList<>();
  private Optional<Bird> bird = Optional.empty();

  @BeforeEach
  void threeSitesAndARouter() throws IOException {
    LabRequirements.require("ip-netns-root", "bird", "tcp-md5");
    NetworkNamespace router = namespace("router");
    BirdConfig config = new BirdConfig("192.0.2.1", 64500);
    for (int number = 1; number <= NAMES.size(); number++) {
      String name = NAMES.get(number - 1);
      NetworkNamespace site = namespace(name);
      NetworkNamespace.link(
          new NetworkNamespace.End(router, name, RealSite.router(number) + "/30"),
          new NetworkNamespace.End(site, "uplink", RealSite.uplink(number) + "/30"));
      site.addAddress("lo", "198.51.100.1/32");
      site.addAddress("lo", RealSite.underlay(number) + "/32");
      config.neighbor(
          new BirdConfig.Neighbor(
              name,
              RealSite.router(number),
              RealSite.uplink(number),
              64496,
              Optional.of(RealSite.KEY),
              true,
              List.of("local role provider;")));
    }
    overlayCables();
    bird = Optional.of(Bird.start(router, dir, "bird", config));
    RealSite.Authority authority = RealSite.Authority.create(dir);
    for (int number = 1; number <= NAMES.size(); number++) {
      String name = NAMES.get(number - 1);
      sites.add(RealSite.start(name, number, NAMES.size(), namespaces.get(number), dir, authority));
    }
  }

  private NetworkNamespace namespace(String role) {
    NetworkNamespace namespace = NetworkNamespace.create("separation", role);
    namespaces.add(namespace);
    return namespace;
  }

  private void overlayCables() {
    int cable = 0;
    for (int one = 1; one <= NAMES.size(); one++) {
      for (int other = one + 1; other <= NAMES.size(); other++) {
        String near = "198.18." + cable + ".1";
        String far = "198.18." + cable + ".2";
        NetworkNamespace.link(
            new NetworkNamespace.End(namespaces.get(one), overlayDevice(other), near + "/30"),
            new NetworkNamespace.End(namespaces.get(other), overlayDevice(one), far + "/30"));
        cable++;
      }
    }
    overlayRoutes();
  }

  /** Routes go with their interface, so a mended cable needs them again. */
  private void overlayRoutes() {
    int cable = 0;
    for (int one = 1; one <= NAMES.size(); one++) {
      for (int other = one + 1; other <= NAMES.size(); other++) {
        route(one, other, "198.18." + cable + ".2");
        route(other, one, "198.18." + cable + ".1");
        cable++;
      }
    }
  }

  private void route(int from, int to, String via) {
    namespaces
        .get(from)
        .must(
            "ip",
            "route",
            "replace",
            RealSite.underlay(to) + "/32",
            "via",
            via,
            "src",
            RealSite.underlay(from));
  }

  private static String overlayDevice(int far) {
    return "to-" + NAMES.get(far - 1);
  }

  @AfterEach
  void nothingStays() {
    namespaces.reversed().forEach(NetworkNamespace::close);
  }

  @Test
  void flappingServicesAndACutOverlayTellTheInternetNothing() throws Exception {
    await("every node has every path", this::isWhole);
    for (String name : NAMES) {
      bird().await("the route from " + name, routeFrom(name), a -> a.contains("[" + name + " "));
    }
    Map<String, String> before = publicSide();

    AtomicBoolean flapping = new AtomicBoolean(true);
    Flapper flapper = new Flapper(flapping);
    Thread thread = Thread.ofPlatform().name("flapper").start(flapper);
    try {
      long end = System.nanoTime() + FLAPPING.toNanos();
      await("services are seen to come and go elsewhere", () -> flapper.seen() >= 3);
      cables(false);
      await("no node reaches another", () -> sites.stream().noneMatch(this::reachesAnother));
      assertThat(publicSide()).isEqualTo(before);
      cables(true);
      await("every node reaches every other", () -> sites.stream().allMatch(this::reachesAll));
      assertThat(publicSide()).isEqualTo(before);
      Await.until(
          FLAPPING.plus(PATIENCE),
          "a minute of flapping",
          () -> System.nanoTime() - end > 0,
          this::everything);
    } finally {
      flapping.set(false);
      thread.join();
    }

    assertThat(publicSide()).isEqualTo(before);
    assertThat(flapper.commands()).isGreaterThan(100);
    await("the overlay is whole again", this::isWhole);
    assertThat(publicSide()).isEqualTo(before);
    assertThat(bird().query("show route"))
        .contains(RealSite.ANYCAST)
        .doesNotContain("10.32.")
        .doesNotContain("203.0.113.");
    theCountersWouldHaveSeenIt(before);
  }

  /** The canary: one word of the operator, and both counters move. */
  private void theCountersWouldHaveSeenIt(Map<String, String> before) {
    RealSite drained = sites.getFirst();
    drained.tell("drain", "node");
    bird()
        .await(
            "the withdrawal",
            routeFrom(drained.name()),
            answer -> !answer.contains("[" + drained.name() + " "));
    Map<String, String> after = publicSide();
    for (RealSite site : sites) {
      for (String end : List.of("sent by ", "received from ")) {
        String key = end + site.name();
        assertThat(Optional.ofNullable(after.get(key)).equals(Optional.ofNullable(before.get(key))))
            .as(key)
            .isEqualTo(!site.equals(drained));
      }
    }
  }

  /** Everything that would be different if the public side had been told anything. */
  private Map<String, String> publicSide() {
    Map<String, String> all = new TreeMap<>();
    for (RealSite site : sites) {
      all.put("sent by " + site.name(), site.updatesSent() + " UPDATEs");
      String shown = bird().query("show protocols all " + site.name());
      List<String> counters =
          shown
              .lines()
              .map(String::strip)
              .filter(line -> line.startsWith("Import updates:") || line.startsWith("Import wit"))
              .toList();
      assertThat(counters).as(shown).hasSize(2);
      all.put("received from " + site.name(), counters.toString());
      // A session that had been lost and found again would have sent its UPDATE twice. When it came
      // up is left out: BIRD works that out anew for each answer, and is a millisecond off at
      // times.
      all.put(
          "session with " + site.name(),
          shown
              .lines()
              .filter(line -> line.startsWith(site.name() + " "))
              .map(line -> line.replaceAll("[0-9:.]{8,}", "since"))
              .toList()
              .toString());
    }
    return all;
  }

  private static String routeFrom(String name) {
    return "show route " + RealSite.ANYCAST + " protocol " + name;
  }

  private Bird bird() {
    return bird.orElseThrow();
  }

  private void cables(boolean up) {
    for (int one = 1; one <= NAMES.size(); one++) {
      for (int other = 1; other <= NAMES.size(); other++) {
        if (one != other && up) {
          namespaces.get(one).linkUp(overlayDevice(other));
        } else if (one != other) {
          namespaces.get(one).linkDown(overlayDevice(other));
        }
      }
    }
    if (up) {
      overlayRoutes();
    }
  }

  private boolean reachesAll(RealSite site) {
    return sites.stream().filter(other -> !other.equals(site)).allMatch(site::reaches);
  }

  private boolean reachesAnother(RealSite site) {
    return sites.stream().filter(other -> !other.equals(site)).anyMatch(site::reaches);
  }

  private boolean isWhole() {
    return sites.stream()
        .allMatch(site -> reachesAll(site) && site.servicesOffered() == RealSite.SERVICES.size());
  }

  private void await(String what, BooleanSupplier condition) {
    Await.until(PATIENCE, what, condition, this::everything);
  }

  private String everything() {
    StringBuilder text = new StringBuilder();
    for (RealSite site : sites) {
      text.append(site.routes()).append('\n').append(site).append('\n');
    }
    return text.append(bird().query("show protocols")).append(bird().log()).toString();
  }

  /** Makes every service at every site come and go, in the three ways there are. */
  private final class Flapper implements Runnable {
    private final AtomicBoolean flapping;
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicInteger seen = new AtomicInteger();

    Flapper(AtomicBoolean flapping) {
      this.flapping = flapping;
    }

    int commands() {
      return commands.get();
    }

    /** How often a site was seen to offer other services than it did before. */
    int seen() {
      return seen.get();
    }

    @Override
    public void run() {
      try {
        boolean up = false;
        long offered = RealSite.SERVICES.size();
        while (flapping.get()) {
          for (RealSite site : sites) {
            site.healthy(up);
            site.tell(up ? "announce" : "withdraw", "told");
            // A lease that nobody renews: it ends by itself before the next round.
            site.tell("announce", "leased", "--ttl", "200ms");
            commands.addAndGet(3);
          }
          long now = sites.getLast().servicesOffered();
          seen.addAndGet(now == offered ? 0 : 1);
          offered = now;
          up = !up;
          TimeUnit.MILLISECONDS.sleep(PACE_MILLIS); // The rhythm of the flapping itself.
        }
        for (RealSite site : sites) {
          site.healthy(true);
          site.tell("announce", "told");
          site.tell("announce", "leased");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
