package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.BirdConfig.Neighbor;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.transport.Sockets;
import io.landfall.transport.takeover.TakeoverLine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A BIRD whose neighbour is another process than before, on the same connection: with TCP MD5 and
 * GTSM, and of both address families.
 */
class TakeoverBirdLab {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String PREFIX_6 = "2001:db8:a::/48";
  private static final long ANSWER_MILLIS = 30_000;
  private static final long HALF_TENTH = 50_000_000;
  private static final Pattern SINCE =
      Pattern.compile("^(four|six)\\s+BGP\\s+\\S+\\s+up\\s+(\\S+)", Pattern.MULTILINE);
  private static final Pattern BFD_UP =
      Pattern.compile("^192\\.0\\.2\\.2\\s+\\S+\\s+Up\\s+(\\S+)", Pattern.MULTILINE);
  private static final Pattern WITHDRAWN =
      Pattern.compile("Import withdraws:\\s+(\\d+)\\s+(\\d+)", Pattern.MULTILINE);

  @TempDir Path dir;

  private NetworkNamespace router;
  private NetworkNamespace site;

  @BeforeEach
  void twoHostsAndACable() {
    LabRequirements.require("ip-netns-root", "bird", "tcp-md5");
    router = NetworkNamespace.create("take", "router");
    site = NetworkNamespace.create("take", "site");
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
    router.addAddress("eth0", "2001:db8::1/64");
    site.addAddress("eth0", "2001:db8::2/64");
  }

  @AfterEach
  void nothingStays() {
    if (site != null) {
      site.close();
    }
    if (router != null) {
      router.close();
    }
  }

  @Test
  void theSessionAndTheRouteStayOverThreeProcesses() throws IOException {
    Path key = Files.writeString(dir.resolve("up.key"), "swordfish\n");
    Bird bird =
        Bird.start(
            router,
            dir,
            "bird",
            new BirdConfig("192.0.2.1", 64500)
                .neighbor(
                    new Neighbor(
                        "four",
                        "192.0.2.1",
                        "192.0.2.2",
                        64496,
                        Optional.of("swordfish"),
                        true,
                        List.of()))
                .neighbor(
                    new Neighbor(
                        "six",
                        "2001:db8::1",
                        "2001:db8::2",
                        64496,
                        Optional.empty(),
                        false,
                        List.of())));
    BfdSite fra =
        BfdSite.start(
                site,
                dir,
                BfdSite.authority(dir),
                "fra",
                1,
                """
                overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
                ingress:
                  prefixes: [%s, "%s"]
                  start-delay: 0s
                  drain-wait: 1s
                  upstreams:
                    - {address: 192.0.2.1, asn: 64500, local-asn: 64496, password-file: "%s", ttl-security: true}
                    - {address: "2001:db8::1", asn: 64500, local-asn: 64496}
                """
                    .formatted(PREFIX, PREFIX_6, key))
            .awaitStart();
    for (String prefix : List.of(PREFIX, PREFIX_6)) {
      bird.await("the route", "show route " + prefix, answer -> answer.contains(prefix));
    }
    List<String> since = since(bird);
    for (int i = 1; i <= 3; i++) {
      BfdSite after = next(fra, "fra" + i);
      assertThat(after.isAnnounced()).as(after.show("ingress")).isTrue();
      assertThat(after.show("ingress")).doesNotContain("\"down\"");
      fra = after;
    }
    assertThat(since(bird)).as("since when the sessions are up").isEqualTo(since).hasSize(2);
    for (String name : List.of("four", "six")) {
      Matcher withdrawn = WITHDRAWN.matcher(bird.query("show protocols all " + name));
      assertThat(withdrawn.find()).isTrue();
      assertThat(withdrawn.group(1)).as("withdrawals of " + name).isEqualTo("0");
      assertThat(bird.routeCountFrom(name)).isEqualTo(1);
    }
    fra.process().terminate();
    bird.await("it is withdrawn", "show route " + PREFIX, answer -> !answer.contains(PREFIX));
    BfdSite last = fra;
    Await.until("it has ended", () -> !last.process().isAlive(), last::output);
  }

  /** The process that has taken over from this one, which has ended. */
  private static BfdSite next(BfdSite before, String name) {
    BfdSite after = before.takenOver(name);
    Await.until("it has taken over", () -> after.output().contains("taken over"), after::output);
    Await.until("the one before has ended", () -> !before.process().isAlive(), before::output);
    after.awaitStart();
    return after;
  }

  /** Each process goes on with the BFD session of the one before: the router's stays Up. */
  @Test
  void theBfdSessionStaysUpOverThreeProcesses() throws IOException {
    Bird bird =
        Bird.start(
            router,
            dir,
            "bird",
            new BirdConfig("192.0.2.1", 64500)
                .bfd(200, 3)
                .neighbor(
                    new Neighbor(
                        "four",
                        "192.0.2.1",
                        "192.0.2.2",
                        64496,
                        Optional.empty(),
                        false,
                        List.of("bfd on;"))));
    BfdSite fra =
        BfdSite.start(
                site,
                dir,
                BfdSite.authority(dir),
                "fra",
                1,
                """
                overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
                ingress:
                  prefixes: [%s]
                  start-delay: 0s
                  drain-wait: 1s
                  upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496, bfd: true}]
                """
                    .formatted(PREFIX))
            .awaitStart();
    BfdSite first = fra;
    Await.until(
        "BFD is Up at both ends and the prefix is announced",
        () -> bird.hasRoute(PREFIX) && first.isBfdUp() && BFD_UP.matcher(bfd(bird)).find(),
        () -> bfd(bird) + first.output());
    List<String> since = since(bird);
    String up = upSince(bird);
    dieWithTheSessions();
    Await.until("it goes on", () -> first.output().contains("this one stays"), first::output);
    Await.until("BFD is Up again here", first::isBfdUp, first::output);
    assertThat(upSince(bird)).as("since when BFD is Up, " + first.output()).isEqualTo(up);
    for (int i = 1; i <= 3; i++) {
      BfdSite after = next(fra, "fra" + i);
      assertThat(after.isBfdUp()).as(after.show("bfd") + after.output()).isTrue();
      assertThat(after.show("bfd")).contains("\"downs\":0");
      fra = after;
    }
    assertThat(upSince(bird)).as("since when BFD is Up, " + fra.output()).isEqualTo(up);
    assertThat(since(bird)).as("since when the session is up").isEqualTo(since).hasSize(1);
    Matcher withdrawn = WITHDRAWN.matcher(bird.query("show protocols all four"));
    assertThat(withdrawn.find()).isTrue();
    assertThat(withdrawn.group(1)).as("withdrawals").isEqualTo("0");
    fra.process().terminate();
    bird.await("it is withdrawn", "show route " + PREFIX, answer -> !answer.contains(PREFIX));
    BfdSite last = fra;
    Await.until("it has ended", () -> !last.process().isAlive(), last::output);
  }

  /** A process that dies when it has the sockets of BGP and of BFD. */
  private void dieWithTheSessions() throws IOException {
    EventLoopGroup loop = Sockets.loops(1, "takeover-lab");
    try (TakeoverLine line = TakeoverLine.connect(loop, dir.resolve("fra.sock.takeover"))) {
      line.send("landfall-takeover/1 fra/10.32.0.1/landfall.test");
      String welcome = line.receive(ANSWER_MILLIS);
      assertThat(welcome).startsWith("welcome 0 ");
      int sockets = welcome.split(" ").length - 2;
      TakeoverLine.closeAll(line.ask("sockets", sockets, ANSWER_MILLIS));
      line.send("yield");
      assertThat(line.receive(ANSWER_MILLIS)).startsWith("yielded");
      line.send("finish");
      assertThat(line.receive(ANSWER_MILLIS)).startsWith("sessions 192.0.2.1,ff");
      TakeoverLine.closeAll(line.ask("sessions", 2, ANSWER_MILLIS));
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static String bfd(Bird bird) {
    return bird.query("show bfd sessions");
  }

  private static String upSince(Bird bird) {
    Matcher found = BFD_UP.matcher(bfd(bird));
    assertThat(found.find()).as(bfd(bird)).isTrue();
    return String.valueOf(atTenth(found.group(1)));
  }

  private static List<String> since(Bird bird) {
    return SINCE
        .matcher(bird.query("show protocols"))
        .results()
        // BIRD works the time of day out anew each time, and may be off by a millisecond.
        .map(found -> found.group(1) + " " + atTenth(found.group(2)))
        .toList();
  }

  private static long atTenth(String time) {
    return (LocalTime.parse(time).toNanoOfDay() + HALF_TENTH) / (2 * HALF_TENTH);
  }
}
