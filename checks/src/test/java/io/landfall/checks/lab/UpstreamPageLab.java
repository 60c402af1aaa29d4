package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.interop.GuidePage;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The page docs/upstreams.md, word by word: each daemon with its block, a whole node with the
 * page's, and between the two a firewall that lets through only what the page says of MD5 and TTL.
 */
class UpstreamPageLab {
  private static final String PREFIX = "198.51.100.0/24";

  /** What the router's filter of the page does not know. */
  private static final String OTHER = "203.0.113.0/24";

  /** A node that is restarted on a loaded machine takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String NFT = "/usr/sbin/nft";
  private static final Pattern PASSED = Pattern.compile("counter packets [1-9]\\d* .*accept");
  private static final Pattern DROPPED = Pattern.compile("counter packets [1-9]\\d* .*drop");

  /** Sends one SYN without a signature and does not wait for what becomes of it. */
  private static final String UNSIGNED =
      "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('192.0.2.1', 179))";

  /** The daemons, each with the name of its block and how it writes LOCAL_PREF in a drain. */
  enum Router {
    BIRD("bird.conf", "BGP.local_pref: 0\n"),
    FRR("frr.conf", "localpref 0,"),
    OPENBGPD("bgpd.conf", "localpref 0,"),
    GOBGP("gobgpd.toml", "{LocalPref: 1}");

    private final String block;
    private final String drained;

    Router(String block, String drained) {
      this.block = block;
      this.drained = drained;
    }

    private UpstreamRouter start(UpstreamRouter.Setup setup) {
      return switch (this) {
        case BIRD -> new BirdUpstream(setup);
        case FRR -> new Frr(setup);
        case OPENBGPD -> new OpenBgpd(setup);
        case GOBGP -> new GoBgp(setup);
      };
    }
  }

  @TempDir Path dir;

  private NetworkNamespace router;
  private NetworkNamespace site;

  @BeforeEach
  void twoHostsAndACable() {
    LabRequirements.require("ip-netns-root", "tcp-md5", "nft", "python3");
    router = NetworkNamespace.create("page", "router");
    site = NetworkNamespace.create("page", "site");
    NetworkNamespace.link(
        new NetworkNamespace.End(router, "eth0", "192.0.2.1/24"),
        new NetworkNamespace.End(site, "eth0", "192.0.2.2/24"));
    List.of(router, site).forEach(UpstreamPageLab::guard);
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

  /** Of BGP only what is signed (RFC 2385) gets in, and comes from this very link (RFC 5082). */
  private static void guard(NetworkNamespace host) {
    host.must(NFT, "add table inet guard");
    host.must(NFT, "add chain inet guard input { type filter hook input priority 0; }");
    for (String port : List.of("tcp dport 179 ", "tcp sport 179 ")) {
      String rule = "add rule inet guard input " + port;
      host.must(NFT, rule + "ip ttl 255 tcp option 19 exists counter accept");
      // A listening socket answers a SYN with the system's TTL.
      host.must(NFT, rule + "tcp flags & syn == syn tcp option 19 exists accept");
      host.must(NFT, rule + "counter drop");
    }
  }

  private UpstreamRouter.Setup of(String config) {
    return new UpstreamRouter.Setup(router, dir, "", false, Optional.of(config));
  }

  /** The node of the page, and beside its prefix another one that the router must not take. */
  private BfdSite node(String upstream, String times) throws IOException {
    Files.writeString(dir.resolve("router.key"), UpstreamRouter.MD5_KEY + "\n");
    String page = GuidePage.UPSTREAMS.block("node.yaml").replace("role: customer}", upstream);
    assertThat(page).contains("[" + PREFIX + "]").contains(upstream);
    return BfdSite.start(
            site,
            dir,
            BfdSite.authority(dir),
            "fra",
            1,
            "overlay: {block: 10.32.0.0/23, listen: \"127.0.0.1:8443\"}\n"
                + page.replace("[" + PREFIX + "]", "[" + PREFIX + ", " + OTHER + "]")
                + "  start-delay: 0s\n"
                + times)
        .awaitStart();
  }

  @ParameterizedTest
  @EnumSource
  void eachDaemonTakesThePrefixAloneLowersItInADrainAndTakesARestartedNodeBack(Router daemon)
      throws IOException {
    LabRequirements.require(daemon.name().toLowerCase(Locale.ROOT));
    UpstreamRouter upstream = daemon.start(of(GuidePage.UPSTREAMS.block(daemon.block)));
    // Long enough for any look at what a drain shows.
    BfdSite fra = node("role: customer}", "  drain-wait: 10m\n");
    await("the prefix", upstream, fra, upstream.path(1), true);
    assertThat(upstream.route(PREFIX)).doesNotContain(daemon.drained);
    Await.until(
        "the node has announced the other one too",
        () -> fra.show("ingress").split("\"state\":\"announced\"", -1).length == 3,
        () -> fra.show("ingress"));
    assertThat(upstream.route(OTHER)).as("the filter").doesNotContain("64496");
    onlyWhatTheFirewallKnowsPasses();

    fra.ask("drain", "node");
    await("the drain", upstream, fra, daemon.drained, true);
    fra.ask("undrain", "node");
    await("the prefix as before", upstream, fra, daemon.drained, false);
    await("the prefix", upstream, fra, upstream.path(1), true);

    Path config = dir.resolve("fra.yaml");
    Files.writeString(
        config, Files.readString(config).replace("drain-wait: 10m", "drain-wait: 500ms"));
    assertThat(fra.reload()).contains("is in force");
    fra.process().terminate();
    Await.until("the node has ended", () -> !fra.process().isAlive(), fra::output);
    await("the withdrawal", upstream, fra, upstream.path(1), false);
    fra.process().restart();
    await("the prefix of the restarted node", upstream, fra, upstream.path(1), true);
    assertThat(upstream.log()).as("no error wait").doesNotContain("due to errors");
  }

  private void onlyWhatTheFirewallKnowsPasses() {
    for (NetworkNamespace host : List.of(router, site)) {
      assertThat(rules(host)).as("signed, TTL 255, at " + host).containsPattern(PASSED);
    }
    site.must("/usr/bin/python3", "-c", UNSIGNED);
    Await.until(
        "what has no signature is dropped",
        () -> DROPPED.matcher(rules(router)).find(),
        () -> rules(router));
  }

  private static String rules(NetworkNamespace host) {
    return host.must(NFT, "list table inet guard");
  }

  @Test
  void birdWithBfdAsThePageHasIt() throws IOException {
    LabRequirements.require("bird");
    String block = GuidePage.UPSTREAMS.block("bird.conf");
    String page = block.replace("  passive on;\n", "  passive on;\n  bfd on;\n");
    assertThat(page).isNotEqualTo(block);
    UpstreamRouter bird = Router.BIRD.start(of(page + GuidePage.UPSTREAMS.block("bfd.conf")));
    BfdSite fra = node("role: customer, bfd: true}", "");
    await("the prefix", bird, fra, bird.path(1), true);
    Await.until("BFD is Up", fra::isBfdUp, () -> fra.show("bfd") + fra.output() + bird.log());
  }

  private static void await(
      String what, UpstreamRouter upstream, BfdSite fra, String word, boolean there) {
    Await.until(
        PATIENCE,
        what,
        () -> upstream.route(PREFIX).contains(word) == there,
        () -> upstream.route(PREFIX) + "\n" + upstream.log() + "\n" + fra.output());
  }
}
