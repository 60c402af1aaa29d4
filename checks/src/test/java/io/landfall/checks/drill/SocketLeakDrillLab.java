package io.landfall.checks.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.interop.ServiceHostLabSite;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Internet of a day of 2010 said through sockets to {@code landfall run}: by service hosts,
 * with iBGP and with eBGP over TCP, and by a node with a good certificate over TLS. Nothing of it
 * gets in, everything is counted, and neither node nyc nor service host web8 notices. The same
 * rules without sockets: {@link LeakDrillScenario} and {@link ServiceLeakDrillScenario}.
 */
class SocketLeakDrillLab {
  private static final List<byte[]> INTERNET = InternetUpdates.all();
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final HostAddress NYC = BLOCK.parseHost("10.32.0.2");
  private static final HostAddress SIN = BLOCK.parseHost("10.32.0.3");
  private static final HostAddress SHOP = BLOCK.parseHost("10.32.1.10");
  private static final HostAddress API = BLOCK.parseHost("10.32.1.11");
  private static final HostAddress OTHERS = BLOCK.parseHost("10.32.1.12");
  private static final int HOST_AS = 65_010;

  /** A session that says an OPEN, a KEEPALIVE and an End-of-RIB, and not one route. */
  private static final String END_OF_RIB = "heard 2 23";

  /**
   * The place of nyc, 203.0.113.2:8443, as a node names it to its mesh (decision 0014): a large
   * community on the route of its own identity.
   */
  private static final String NYC_IS_NAMED =
      "4200000000:%d:%d".formatted(0x0304_20fb, 0xcb00_7102L);

  /** Two virtual machines start at once, on a machine that may be busy with others. */
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(90);

  @TempDir static Path dir;

  private static final List<NetworkNamespace> hosts = new ArrayList<>();
  private static ServiceHostLabSite fra;
  private static ServiceHostLabSite nyc;
  private static ChildProcess web8;

  @BeforeAll
  static void twoNodesAndAHostThatBehaves() throws IOException {
    LabRequirements.require("ip-netns-root", "curl");
    NetworkNamespace fraHost = host("fra");
    NetworkNamespace nycHost = host("nyc");
    NetworkNamespace.link(
        new NetworkNamespace.End(fraHost, "wan", "203.0.113.1/24"),
        new NetworkNamespace.End(nycHost, "wan", "203.0.113.2/24"));
    for (int number : List.of(6, 7, 8)) {
      NetworkNamespace.link(
          new NetworkNamespace.End(fraHost, "web" + number, "10.0.0.1/24"),
          new NetworkNamespace.End(host("web" + number), "eth0", "10.0.0." + number + "/24"));
      fraHost.must("ip", "route", "replace", "10.0.0." + number + "/32", "dev", "web" + number);
    }
    CertificateAuthority ca = ServiceHostLabSite.authority(dir);
    ServiceHostLabSite.certify(dir, ca, "sin", 3, List.of("shop", "api"));
    List<String> all = List.of("shop", "api", "others");
    fra = ServiceHostLabSite.start(fraHost, dir, ca, 1, all, fraConfig());
    nyc = ServiceHostLabSite.start(nycHost, dir, ca, 2, List.of(), services("", ""));
    Await.until(
        STARTED_WITHIN,
        "an adjacency, and fra listens to its hosts",
        () -> nyc.tell("show", "peers").contains("established") && fra.log().contains("node up"),
        () -> nyc.tell("show", "peers") + fra.log() + nyc.log());
    // Up to 5 s after its channel to nyc, fra announces its identity anew, 12 bytes longer: a peer
    // that came before that would receive one UPDATE (of 83 bytes) behind the End-of-RIB.
    Await.until(
        "fra has named nyc",
        () -> nyc.tell("show", "routes", "for", "10.32.0.1", "all").contains(NYC_IS_NAMED),
        () -> nyc.tell("show", "routes", "for", "10.32.0.1", "all") + fra.log());
    web8 =
        start(
            "web8", LeakingPeer.command("10.0.0.1", said("web8", open(8, DrillSite.ASN, OTHERS))));
    nyc.awaitServices("what web8 says", route(OTHERS, "10.32.0.1"));
  }

  private static String fraConfig() {
    return """
    service-bgp:
      listen: "10.0.0.1:179"
      hosts: {web6: {address: 10.0.0.6, asn: 65010}, web7: {address: 10.0.0.7}, web8: {address: 10.0.0.8}}
    """
        + services(hosted("web6, web7"), hosted("web8"));
  }

  private static String services(String leakers, String behaved) {
    return """
    services:
      shop: {identity: 10.32.1.10, hosts: [shop.example]%1$s}
      api: {identity: 10.32.1.11, hosts: [api.example]%1$s}
      others: {identity: 10.32.1.12, hosts: [others.example]%2$s}
    """
        .formatted(leakers, behaved);
  }

  private static String hosted(String speakers) {
    return ", backends: [\"http://10.0.0.9:8080\"], probe: {exec: [/usr/bin/true], interval: 1s},"
        + " bgp: {hosts: [%s]}".formatted(speakers);
  }

  @AfterAll
  static void nothingStays() {
    hosts.reversed().forEach(NetworkNamespace::close);
    hosts.clear();
  }

  @AfterEach
  void whoBehavesHasNoticedNothing() {
    nyc.awaitServices("the leaker's word went with it", route(OTHERS, "10.32.0.1"));
    assertThat(updates(web8)).as("what web8 heard").containsExactly(END_OF_RIB);
    assertThat(web8.output()).doesNotContain("heard 3", "ended");
    assertThat(fra.tell("show", "peers"))
        .containsPattern("web8 +service +[0-9]+ +\\S+ +established");
    assertThat(nyc.tell("show", "peers", "fra")).containsPattern("established +1 time, 0 flaps");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServiceHostGetsInWhatIsItsOwnAndNothingElse(boolean internal) {
    String name = internal ? "web7" : "web6";
    Map<String, Long> refused =
        internal ? InternetUpdates.REFUSALS : InternetUpdates.refusalsByEbgp(INTERNET);
    List<byte[]> opening = open(internal ? 7 : 6, internal ? DrillSite.ASN : HOST_AS);
    List<String> tableAtFra = table(fra);
    List<String> tableAtNyc = table(nyc);
    List<byte[]> leak = new ArrayList<>(opening);
    leak.addAll(INTERNET);

    ChildProcess leaker = start(name, LeakingPeer.command("10.0.0.1", said(name + "-leak", leak)));
    awaitRefused(name, leaker, refused, Map.of());

    assertThat(table(fra)).isEqualTo(tableAtFra);
    assertThat(table(nyc)).isEqualTo(tableAtNyc);
    heardNoRoute(name, leaker);

    byte[] ours = {10, 0, 0, (byte) (internal ? 7 : 6)};
    byte[][] more = {OTHERS.bytes(), API.bytes(), NYC.bytes(), SIN.bytes()};
    leaker.say(
        said(
                name + "-mixed",
                mixed(
                    internal
                        ? Wires.hosts(ours, SHOP.bytes())
                        : Wires.hostsBy(HOST_AS, ours, SHOP.bytes()),
                    internal ? Wires.hosts(ours, more) : Wires.hostsBy(HOST_AS, ours, more)))
            .toString());
    awaitRefused(name, leaker, doubled(refused), Map.of("not-configured-for-this-host", 3L));
    nyc.awaitServices(
        "the legal ones",
        route(SHOP, "10.32.0.1"),
        route(API, "10.32.0.1"),
        route(OTHERS, "10.32.0.1"));
    List<String> with = new ArrayList<>(tableAtNyc);
    with.addAll(List.of(SHOP + " service", API + " service"));
    assertThat(table(nyc)).containsExactlyInAnyOrderElementsOf(with);
    heardNoRoute(name, leaker);
    leaker.kill();
  }

  @Test
  void aNodeWithAGoodCertificateGetsInWhatIsItsOwnAndNothingElse() {
    List<String> tableAtNyc = table(nyc);
    List<byte[]> opening =
        List.of(
            Wires.open(DrillSite.ASN, BgpIdentifier.of(SIN)),
            Wires.KEEPALIVE,
            Wires.hosts(SIN.bytes(), SIN.bytes()));
    ChildProcess sin =
        start(
            "nyc",
            LeakingPeer.overTls(
                "203.0.113.1",
                said("sin-opening", opening),
                dir.resolve("ca.pem"),
                dir.resolve("sin.pem"),
                dir.resolve("sin.key")));
    Await.until(
        "sin is known, and has heard the table",
        () -> table(fra).contains(SIN + " node") && updates(sin).contains(END_OF_RIB),
        () -> fra.tell("show", "routes") + sin.output() + fra.log());
    List<String> heard = updates(sin);
    List<String> tableAtFra = table(fra);

    sin.say(said("sin-leak", INTERNET).toString());
    awaitRefused("sin", sin, InternetUpdates.REFUSALS, Map.of());
    assertThat(table(fra)).isEqualTo(tableAtFra);
    assertThat(table(nyc)).isEqualTo(tableAtNyc);
    assertThat(updates(sin)).isEqualTo(heard);

    byte[] illegalToo = Wires.hosts(SIN.bytes(), OTHERS.bytes(), API.bytes(), NYC.bytes());
    sin.say(
        said("sin-mixed", mixed(Wires.hosts(SIN.bytes(), SHOP.bytes()), illegalToo)).toString());
    awaitRefused(
        "sin",
        sin,
        doubled(InternetUpdates.REFUSALS),
        Map.of("not-entitled", 1L, "identity-of-another-node", 1L));
    fra.awaitServices(
        "the legal ones",
        route(SHOP, "10.32.0.3"),
        route(API, "10.32.0.3"),
        route(OTHERS, "10.32.0.1"));
    assertThat(table(nyc)).as("a mesh: nobody passes it on").isEqualTo(tableAtNyc);
    assertThat(updates(sin)).isEqualTo(heard);
    assertThat(sin.output()).doesNotContain("heard 3", "ended");
    assertThat(fra.tell("show", "peers", "sin")).containsPattern("established +1 time, 0 flaps");
    sin.kill();
  }

  private static NetworkNamespace host(String role) {
    NetworkNamespace made = NetworkNamespace.create("drill", role);
    hosts.add(made);
    return made;
  }

  private static ChildProcess start(String role, List<String> command) {
    NetworkNamespace at =
        hosts.stream().filter(each -> each.name().endsWith("-" + role)).findFirst().orElseThrow();
    return at.start("leaking-at-" + role, dir, command);
  }

  private static List<byte[]> open(int number, int asn, HostAddress... announced) {
    List<byte[]> messages = new ArrayList<>();
    messages.add(Wires.open(asn, number));
    messages.add(Wires.KEEPALIVE);
    for (HostAddress each : announced) {
      messages.add(Wires.hosts(new byte[] {10, 0, 0, (byte) number}, each.bytes()));
    }
    return messages;
  }

  /** The Internet with one UPDATE near its start and one near its end. */
  private static List<byte[]> mixed(byte[] early, byte[] late) {
    List<byte[]> mixed = new ArrayList<>(INTERNET);
    mixed.add(6_000, late);
    mixed.add(100, early);
    return mixed;
  }

  private static Path said(String name, List<byte[]> messages) {
    try {
      return Files.write(dir.resolve(name + ".stream"), Wires.stream(messages));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String route(HostAddress service, String via) {
    return service + " via " + via + " UP tier 0";
  }

  /** Every host in a node's table: address and kind. */
  private static List<String> table(ServiceHostLabSite site) {
    return site.tell("show", "routes")
        .lines()
        .map(line -> line.strip().split("\\s{2,}"))
        .filter(columns -> columns.length > 7 && columns[1].matches("node|service"))
        .map(columns -> columns[0] + " " + columns[1])
        .distinct()
        .toList();
  }

  /** The UPDATEs that a scripted speaker has heard. */
  private static List<String> updates(ChildProcess speaker) {
    return speaker.output().lines().filter(line -> line.startsWith("heard 2 ")).toList();
  }

  private static void heardNoRoute(String name, ChildProcess leaker) {
    assertThat(updates(leaker)).as("an End-of-RIB and no route").containsExactly(END_OF_RIB);
    assertThat(leaker.output()).doesNotContain("heard 3", "ended");
    assertThat(fra.tell("show", "peers"))
        .containsPattern(name + " +service +[0-9]+ +\\S+ +established");
  }

  private static Map<String, Long> doubled(Map<String, Long> once) {
    Map<String, Long> twice = new TreeMap<>();
    once.forEach((rule, count) -> twice.put(rule, 2 * count));
    return twice;
  }

  /** Waits until exactly this is refused of one peer, in the view and in the metrics. */
  private static void awaitRefused(
      String peer, ChildProcess speaker, Map<String, Long> one, Map<String, Long> other) {
    Map<String, Long> wanted = new TreeMap<>(one);
    wanted.putAll(other);
    Await.until(
        "refused of " + peer + ": " + wanted,
        () -> refused(peer).equals(wanted),
        () -> refused(peer) + fra.tell("show", "refused") + speaker.output() + fra.log());
    NetworkNamespace at = hosts.getFirst();
    String metrics =
        at.must(
            "curl",
            "-s",
            "--unix-socket",
            dir.resolve("fra.sock").toString(),
            "http://localhost/metrics");
    wanted.forEach(
        (rule, count) ->
            assertThat(metrics)
                .containsPattern(
                    "landfall_overlay_refused_total\\{peer=\"%s\",rule=\"%s\"\\} %d(\\.0)?\n"
                        .formatted(peer, rule, count)));
  }

  /** What fra refused of a peer by rule: PEER, REASON (a number), RULE, COUNT and more. */
  private static Map<String, Long> refused(String peer) {
    Map<String, Long> rules = new TreeMap<>();
    fra.tell("show", "refused")
        .lines()
        .map(line -> line.strip().split("\\s{2,}"))
        .filter(columns -> columns[0].equals(peer) && columns[1].matches("[0-9]+"))
        .forEach(columns -> rules.put(columns[2], Long.valueOf(columns[3])));
    return rules;
  }
}
