package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.core.Addresses;
import io.landfall.core.GivenSockets;
import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One real node from a config file, as an operator would write it. */
class TestSite implements AutoCloseable {
  private record Service(String identity, String rest) {}

  final String name;
  final int number;
  final InetSocketAddress overlay;
  final InetSocketAddress http;
  private final TestWorld world;
  private final Path folder;
  private final Map<String, Service> services = new LinkedHashMap<>();
  private final List<String> hosted = new ArrayList<>();
  private final List<String> candidates = new ArrayList<>();
  private final List<String> more = new ArrayList<>();
  private final StringBuilder overlayMore = new StringBuilder();
  private final AtomicBoolean broken = new AtomicBoolean();
  private HostLookup lookup = HostLookup.SYSTEM;
  private boolean hasEdge = true;
  private boolean revokes;
  private String admin = "";
  private String trustMore = "";
  private @Nullable Credentials credentials;
  private @Nullable Node node;

  TestSite(TestWorld world, String name, int number) {
    this(world, name, number, world.free(number), world.free(number));
  }

  /** A site at addresses of the test's own. */
  TestSite(
      TestWorld world, String name, int number, InetSocketAddress overlay, InetSocketAddress http) {
    this.world = world;
    this.name = name;
    this.number = number;
    this.folder = world.folder.resolve(name + number);
    this.overlay = overlay;
    this.http = http;
  }

  /** Knows a service that is hosted elsewhere. */
  TestSite knows(String service, int offset) {
    services.put(service, new Service(service(offset), ""));
    return this;
  }

  /** Caches a service that is hosted elsewhere. */
  TestSite caches(String service, int offset) {
    services.put(service, new Service(service(offset), "    cache: {default-ttl: 10m}\n"));
    return this;
  }

  /** Hosts a service with these backends and a quick HTTP probe. */
  TestSite hosts(String service, int offset, TestOrigin... backends) {
    return hosts(
        service,
        offset,
        // A busy machine may miss a few in a row; a backend that is gone refuses at once.
        "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}",
        backends);
  }

  /** Hosts a service with these backends and this probe. */
  TestSite hosts(String service, int offset, String probe, TestOrigin... backends) {
    List<String> urls = new ArrayList<>();
    for (TestOrigin backend : backends) {
      urls.add('"' + backend.url() + '"');
    }
    services.put(
        service,
        new Service(
            service(offset),
            "    backends: [" + String.join(", ", urls) + "]\n    " + probe + "\n"));
    hosted.add(service);
    return this;
  }

  /** Hosts a service with these keys. */
  TestSite hostsWith(String service, int offset, String keys) {
    services.put(service, new Service(service(offset), keys.indent(4)));
    hosted.add(service);
    return this;
  }

  /** Hosts a service at these URLs, with a quick TCP probe. */
  TestSite hostsAt(String service, int offset, String... urls) {
    services.put(
        service,
        new Service(
            service(offset),
            "    backends: ["
                + String.join(", ", Stream.of(urls).map(url -> '"' + url + '"').toList())
                + "]\n    probe: {tcp: true, interval: 300ms, timeout: 300ms}\n"));
    hosted.add(service);
    return this;
  }

  /** Resolves the names of backends and candidates so. */
  TestSite resolvesBy(HostLookup names) {
    lookup = names;
    return this;
  }

  /** Dials these. */
  TestSite dials(InetSocketAddress... overlays) {
    for (InetSocketAddress each : overlays) {
      candidates.add('"' + text(each) + '"');
    }
    return this;
  }

  /** Dials each address of a name. */
  TestSite dialsNamed(String host, int port) {
    candidates.add('"' + host + ":" + port + '"');
    return this;
  }

  /** Uses this certificate and not a good one of its own. */
  TestSite with(Credentials own) {
    credentials = own;
    return this;
  }

  /** Has a looking glass at this address. */
  TestSite lookingGlass(InetSocketAddress address) {
    admin = ", looking-glass: \"" + text(address) + '"';
    return this;
  }

  /**
   * The list of revocations that it watches, put there at once as a whole; before the start, for
   * the config to name it.
   */
  TestSite revokes(String... lines) {
    revokes = true;
    try {
      Path whole = Files.writeString(revoked().resolveSibling(name + ".new"), text(lines));
      Files.move(whole, revoked(), StandardCopyOption.ATOMIC_MOVE);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String... lines) {
    return String.join("", Stream.of(lines).map(line -> line + "\n").toList());
  }

  /** The file of that list. */
  Path revoked() {
    return world.folder.resolve(name + number + ".revoked");
  }

  /** Has no edge: no client connects. */
  TestSite withoutEdge() {
    hasEdge = false;
    return this;
  }

  /** Adds lines to the config. */
  TestSite config(String lines) {
    more.add(lines);
    return this;
  }

  /** Has these lines in place of those that were added to the config, from the next start on. */
  TestSite configInstead(String lines) {
    more.clear();
    return config(lines);
  }

  /** Adds keys to the overlay's section. */
  TestSite overlay(String keys) {
    overlayMore.append(", ").append(keys);
    return this;
  }

  /** Adds keys to the section of trust, in place of those that were added. */
  TestSite trust(String keys) {
    trustMore = ", " + keys;
    return this;
  }

  static String text(InetSocketAddress address) {
    return Addresses.format(address);
  }

  String identity() {
    return world.block.host(number).toString();
  }

  /** The identity of a service: 10.32.1.OFFSET in the usual block. */
  String service(int offset) {
    return world.block.host(256 + offset).toString();
  }

  Node node() {
    Node running = node;
    if (running == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return running;
  }

  TestSite start() {
    return start(Inheritance.none());
  }

  /** As a process that takes over from another one, without anything of it. */
  TestSite startBehindAnother() {
    return start(new Inheritance(GivenSockets.none(), OptionalInt.of(0), Map.of()));
  }

  private TestSite start(Inheritance inherited) {
    try {
      if (node == null) {
        world.owned(this);
      }
      if (!Files.exists(folder)) {
        Files.createDirectories(folder);
        Credentials own = credentials;
        CertificateAuthority.save(
            own == null ? world.credentials(name, number, hosted.toArray(new String[0])) : own,
            folder.resolve("node.pem"),
            folder.resolve("node.key"));
      }
      Path file = write();
      ConfigResult loaded = ConfigLoader.load(file);
      assertThat(loaded).isInstanceOf(ConfigResult.Valid.class);
      NodeConfig config = ((ConfigResult.Valid) loaded).config();
      Findings findings = new Findings(config);
      Optional<StartPlan> plan =
          StartPlan.of(config, WallClock.INSTANCE, lookup, NodeCheck.Purpose.RUN, findings);
      node =
          Node.start(
              plan.orElseThrow(() -> new AssertionError(findings.problems().toString())),
              () -> broken.set(true),
              inherited);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (StartFailed e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Writes its config as it is described now; a running node does not notice that. */
  Path write() throws IOException {
    return Files.writeString(folder.resolve("node.yaml"), yaml());
  }

  /** Puts its config as it is described now in force in the running node. */
  HttpWire.Answer apply() {
    try {
      return apply(write(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same for a file, with more keys of the order. */
  HttpWire.Answer apply(Path file, String more) {
    return command("POST", "configure/apply", "{\"file\": \"" + file + '"' + more + "}");
  }

  /** Knows a service no more. */
  TestSite forgets(String service) {
    services.remove(service);
    return this;
  }

  private String yaml() {
    StringBuilder yaml = new StringBuilder();
    yaml.append("node: {name: %s, identity: \"%s\"}\n".formatted(name, identity()));
    yaml.append(
        "overlay: {block: \"%s\", listen: \"%s\", candidates: [%s]%s}\n"
            .formatted(world.block, text(overlay), String.join(", ", candidates), overlayMore));
    yaml.append(
        "trust: {domain: %s, ca: ../ca.pem, certificate: node.pem, key: node.key%s%s}\n"
            .formatted(
                TestWorld.DOMAIN, revokes ? ", revoked: \"" + revoked() + '"' : "", trustMore));
    if (hasEdge && more.stream().noneMatch(lines -> lines.startsWith("edge:"))) {
      yaml.append("edge: {listen: [{address: \"%s\"}]}\n".formatted(text(http)));
    }
    if (more.stream().noneMatch(lines -> lines.startsWith("shutdown:"))) {
      yaml.append("shutdown: {grace: 5s}\n");
    }
    more.forEach(lines -> yaml.append(lines).append('\n'));
    yaml.append(services.isEmpty() ? "" : "services:\n");
    services.forEach(
        (service, each) ->
            yaml.append(
                "  %s:\n    identity: \"%s\"\n    hosts: [%s.test]\n%s"
                    .formatted(service, each.identity(), service, each.rest())));
    return yaml.append("admin: {socket: node.sock" + admin + "}\n").toString();
  }

  /** What an admin GET answers. */
  String show(String what) {
    HttpWire.Answer answer = HttpWire.get(socket(), "localhost", "/v1/" + what);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  List<Map<String, Object>> rows(String what) {
    return ParsedJson.rows(show("show/" + what));
  }

  HttpWire.Answer command(String method, String path, String body) {
    return HttpWire.send(socket(), method, "localhost", "/v1/" + path, body);
  }

  UnixDomainSocketAddress socket() {
    return UnixDomainSocketAddress.of(folder.resolve("node.sock"));
  }

  /** The table without what changes by itself: address, kind, name, and each path's next hop. */
  List<String> table() {
    List<String> table = new ArrayList<>();
    for (Map<String, Object> route : rows("routes")) {
      List<String> paths = new ArrayList<>();
      for (Map<String, Object> path : ParsedJson.rows(route.getOrDefault("paths", List.of()))) {
        path.remove("ageSeconds");
        paths.add(path.toString());
      }
      table.add(
          route.get("address") + " " + route.get("kind") + " " + route.get("name") + " " + paths);
    }
    return table;
  }

  /** Who offers a service of this offset, this node itself included. */
  List<String> nextHops(int offset) {
    List<String> hops = new ArrayList<>();
    for (Map<String, Object> route : rows("routes")) {
      if (service(offset).equals(route.get("address"))) {
        for (Map<String, Object> path : ParsedJson.rows(route.getOrDefault("paths", List.of()))) {
          hops.add(String.valueOf(path.get("nextHop")));
        }
      }
    }
    return hops.stream().sorted().toList();
  }

  /** The row of a named peer, with its state; empty when there is none. */
  Map<String, Object> peer(String peer) {
    return rows("peers").stream()
        .filter(row -> peer.equals(row.get("name")))
        .findFirst()
        .orElse(Map.of());
  }

  boolean hasAdjacency(String peer) {
    return "established".equals(peer(peer).get("state"));
  }

  /** How often a rule has refused a peer. */
  long refused(String peer, String rule) {
    return rows("refused").stream()
        .filter(row -> peer.equals(row.get("peer")) && rule.equals(row.get("rule")))
        .mapToLong(row -> (Long) row.getOrDefault("count", 0L))
        .sum();
  }

  /** Waits until it has an adjacency with each of these. */
  TestSite awaitAdjacency(String... peers) {
    for (String peer : peers) {
      Await.until(
          name + " has an adjacency with " + peer,
          () -> hasAdjacency(peer),
          () -> show("show/peers"));
    }
    return this;
  }

  /** Waits until exactly these sites offer a service. */
  TestSite awaitNextHops(int offset, String... identities) {
    Await.until(
        name + " sees " + service(offset) + " at " + List.of(identities),
        () -> nextHops(offset).equals(List.of(identities)),
        () -> show("show/routes"));
    return this;
  }

  /** Waits until it serves a service itself, with a cold cache or not. */
  TestSite awaitServed(String service) {
    Await.until(
        name + " serves " + service,
        () ->
            rows("services").stream()
                .anyMatch(
                    row ->
                        service.equals(row.get("name"))
                            && String.valueOf(row.get("local")).matches("\\{signal=(UP|COLD),.*")),
        () -> show("show/services"));
    return this;
  }

  @Override
  public void close() {
    Node running = node;
    if (running != null) {
      running.close();
    }
    assertThat(broken).as("an invariant of " + name + " broke").isFalse();
  }
}
