package io.landfall.config;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads {@code services}, and checks that no two of them can be mistaken for each other. */
final class ServicesReader {
  private static final Keys KEYS = new Keys("services");

  /** The keys of {@code services.NAME}, of which others read some. */
  static final Keys SERVICE_KEYS = new Keys("services.NAME");

  private static final Key<?> SERVICE =
      KEYS.section("NAME")
          .forNames(Shapes.LABEL)
          .atMost(Bounds.SERVICES)
          .is("A service that is hosted here, or only known here.");
  private static final Key<?> IDENTITY =
      SERVICE_KEYS
          .value("identity", Shapes.ADDRESS)
          .required("10.32.1.10")
          .is("A host address inside `overlay.block`, its own.");
  private static final Key<String> HOSTS =
      SERVICE_KEYS
          .values("hosts", NetRules.SERVICE_HOST)
          .otherwiseAs("required, but for a TCP service")
          .is("Exact names or `*.example`, lower case.");
  private static final Key<String> PATHS =
      SERVICE_KEYS
          .values("paths", NetRules.SERVICE_PATH)
          .otherwiseAs("every path")
          .is("Path prefixes.");

  static {
    TcpReader.declareKeys();
    BackendsReader.declareKeys();
    BackendRulesReader.declareKeys();
  }

  private static final Key<?> PROBE =
      SERVICE_KEYS
          .section("probe")
          .otherwiseAs("`{tcp: true}`")
          .is("How the node finds out whether a backend works.");
  private static final Key<?> BGP =
      SERVICE_KEYS
          .section("bgp")
          .otherwiseAs("the probe alone decides")
          .is(
              "Hosts that advertise over BGP what the service is; until they do it is down"
                  + " (docs/services-that-speak-bgp.md).");
  private static final Key<Long> TIER =
      SERVICE_KEYS
          .value("tier", ValueRules.number(0, 0xffff_ffffL))
          .otherwise(0L)
          .is("Lower is preferred.");
  private static final Key<Integer> MAX_REQUESTS =
      SERVICE_KEYS
          .value("max-requests", ValueRules.count(1, Integer.MAX_VALUE))
          .otherwiseAs("no limit")
          .is("Requests at once here.");
  private static final Key<String> UPGRADES =
      SERVICE_KEYS
          .values(
              "upgrades",
              ValueRule.of(
                  new Shape.Text("protocol", "^[a-z0-9!#$%&'*+.^_`|~-]{1,32}$"),
                  ServicesReader::protocol))
          .otherwiseAs("`[websocket]`")
          .atMost(Bounds.UPGRADES)
          .is(
              "Protocols that a request may switch to (Upgrade, extended CONNECT), here and wherever"
                  + " it lands; `[]` for none (docs/edge.md#tunnels).");
  private static final Key<?> CACHE =
      SERVICE_KEYS
          .section("cache")
          .otherwiseAs("it is not cached")
          .is("How its responses are cached, here and wherever its requests land; may be `{}`.");

  static {
    TrafficReader.declareKeys();
  }

  /** The sections that are read here; made after the keys, which keep their order so. */
  static final List<Keys> SECTIONS =
      Stream.of(
              List.of(KEYS, SERVICE_KEYS, TcpReader.KEYS),
              BackendsReader.SECTIONS,
              BackendRulesReader.SECTIONS)
          .flatMap(List::stream)
          .toList();

  private final FileRules files;
  private final Optional<Block> block;
  private final Optional<HostAddress> nodeIdentity;
  private final Map<HostAddress, Place> identities = new LinkedHashMap<>();
  private final Map<String, Place> selectors = new LinkedHashMap<>();
  private final Map<String, Place> hostPlaces = new LinkedHashMap<>();
  private final Map<String, Place> byServerName = new LinkedHashMap<>();

  ServicesReader(FileRules files, Optional<Block> block, Optional<HostAddress> nodeIdentity) {
    this.files = files;
    this.block = block;
    this.nodeIdentity = nodeIdentity;
  }

  List<ServiceConfig> read(Section at) {
    List<ServiceConfig> services = new ArrayList<>();
    ValueRule<ServiceName> nameRule =
        ValueRules.checked(Shapes.LABEL, ServiceName::new, "write it as shop");
    for (Map.Entry<String, Yaml.Entry> entry : at.named(SERVICE).entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<ServiceName> name = at.scalar(at.path(key), keyText, nameRule);
      Optional<Section> section = at.section(SERVICE, key);
      if (section.isPresent()) {
        service(name, section.get()).ifPresent(services::add);
      }
    }
    apart(at);
    int count = at.entries().size();
    if (count > SERVICE.most()) {
      at.problems()
          .add(
              at.line(""),
              "services",
              "has " + count + " entries, more than " + SERVICE.most(),
              "keep those that are hosted here or asked for here");
    }
    return services;
  }

  private Optional<ServiceConfig> service(Optional<ServiceName> name, Section at) {
    Optional<HostAddress> identity = identity(at);
    Optional<ServiceConfig.Tcp> tcp = TcpReader.read(at);
    List<String> hosts = tcp.isPresent() ? at.values(HOSTS).orElse(List.of()) : hosts(at);
    Optional<List<String>> paths = at.values(PATHS);
    if (paths.isPresent() && paths.get().isEmpty() && isEmptyList(at, PATHS)) {
      at.problem("paths", "is empty: it selects no request", "remove the key to select every path");
    }
    List<ServiceConfig.Backend> backends = BackendsReader.backends(at);
    TcpReader.checkBackends(at, backends, tcp.isPresent());
    Optional<ServiceConfig.Tls> tls = BackendsReader.tls(at, backends, files);
    boolean isTls = backends.stream().anyMatch(ServiceConfig.Backend::isTls);
    Optional<ProbeConfig> probe =
        at.section(PROBE).flatMap(section -> new ProbeReader(files, isTls).read(section));
    if (at.has("probe") && !at.has("backends")) {
      at.problem(
          "probe",
          "there are no backends to probe: a service elsewhere is never probed from here",
          "add 'backends: [...]', or remove the probe");
    }
    boolean isHttp2 = backends.stream().anyMatch(BackendsReader::isHttp2);
    probe.ifPresent(of -> BackendsReader.checkProbe(at, of, isHttp2));
    if (probe.isEmpty() && !backends.isEmpty()) {
      probe = Optional.of(ProbeReader.DEFAULT);
    }
    long tier = at.valueOrDefault(TIER);
    OptionalInt maxRequests =
        at.value(MAX_REQUESTS).map(OptionalInt::of).orElse(OptionalInt.empty());
    List<String> upgrades = upgrades(at, backends);
    Optional<CacheConfig.OfService> cache = at.section(CACHE).map(CacheSectionReader::ofService);
    Optional<ServiceConfig.Bgp> bgp = at.section(BGP).flatMap(ServiceBgpReader::ofService);
    if (at.has("bgp") && !at.has("backends")) {
      at.problem(
          "bgp",
          "there are no backends: a host can say that the service is up, not where requests go",
          "add 'backends: [...]', or remove bgp");
    }
    TrafficConfig traffic = TrafficReader.read(at, files, upgrades, hosts, paths.orElse(List.of()));
    BackendRulesConfig rules = BackendRulesReader.read(at, backends, traffic.responseFields());
    at.end();
    selectors(at, hosts, paths.orElse(List.of()));
    tcp.ifPresent(of -> serverNames(at, of.serverNames()));
    tcp.ifPresent(of -> TcpReader.checkLimits(at, traffic, rules));
    if (name.isEmpty() || identity.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceConfig(
            name.get(),
            identity.get(),
            hosts,
            paths.orElse(List.of()),
            new ServiceConfig.Hosting(backends, tls, probe, tier, maxRequests, rules),
            cache,
            bgp,
            new ServiceConfig.Clients(traffic, tcp)));
  }

  private static List<String> upgrades(Section at, List<ServiceConfig.Backend> backends) {
    List<String> upgrades = at.values(UPGRADES).orElse(TrafficConfig.USUAL.upgrades());
    at.atMost(UPGRADES, upgrades.size(), "keep those that backends know");
    boolean onlyHttp2 = !backends.isEmpty() && backends.stream().allMatch(BackendsReader::isHttp2);
    if (onlyHttp2 && at.has(UPGRADES.name()) && !upgrades.isEmpty()) {
      at.warn(
          UPGRADES,
          "no backend here takes a tunnel: each has 'protocol: h2'",
          "give one 'protocol: h1', or remove the key if no other site has such");
    }
    return upgrades;
  }

  private static String protocol(String text) throws BadValue {
    if (!text.matches("[a-z0-9!#$%&'*+.^_`|~-]{1,32}")) {
      throw new BadValue(
          "'" + text + "' is not the name of a protocol in lower case", "write [websocket]");
    }
    if (text.startsWith("landfall-")) {
      throw new BadValue("'" + text + "' is what nodes use among themselves", "remove it");
    }
    if (text.equals("h2c") || text.equals("http") || text.equals("tls")) {
      throw new BadValue(
          "'" + text + "' is what this node speaks itself, and is not passed on",
          "remove it: clients get HTTP/2 without an upgrade (edge.http2)");
    }
    return text;
  }

  private Optional<HostAddress> identity(Section at) {
    if (block.isEmpty()) {
      at.required(IDENTITY, NetRules.ADDRESS);
      return Optional.empty();
    }
    Optional<HostAddress> identity = at.required(IDENTITY, NodeReader.identityIn(block.get()));
    if (identity.isEmpty()) {
      return identity;
    }
    String fix = "give every service an identity of its own inside " + block.get();
    if (identity.equals(nodeIdentity)) {
      at.problem("identity", identity.get() + " is this node's own identity (node.identity)", fix);
    }
    Place first =
        identities.putIfAbsent(identity.get(), new Place(at.path("identity"), at.line("identity")));
    if (first != null) {
      at.problem(
          "identity",
          identity.get() + " is also " + first.path() + " on line " + first.line(),
          fix);
    }
    return identity;
  }

  private static List<String> hosts(Section at) {
    Optional<List<String>> hosts = at.values(HOSTS);
    if (!at.has("hosts")) {
      at.problem("hosts", "is missing", "add 'hosts: [shop.example]'");
    } else if (isEmptyList(at, HOSTS)) {
      at.problem("hosts", "is empty: it selects no request", "name a host such as [shop.example]");
    }
    return hosts.orElse(List.of());
  }

  private static boolean isEmptyList(Section at, Key<?> key) {
    return at.raw(key).orElse(null) instanceof Yaml.Sequence list && list.items().isEmpty();
  }

  /** No two services may answer for the same host and path. */
  private void selectors(Section at, List<String> hosts, List<String> paths) {
    for (String host : hosts) {
      hostPlaces.putIfAbsent(host, new Place(at.path("hosts"), at.line("hosts")));
      for (String path : paths.isEmpty() ? List.of("/") : paths) {
        Place here = new Place(at.path("hosts"), at.line("hosts"));
        Place first = selectors.putIfAbsent(host + path, here);
        if (first != null) {
          at.problem(
              "hosts",
              host + path + " is also selected by " + first.path() + " on line " + first.line(),
              "let one service answer for a host and path, or tell them apart by 'paths'");
        }
      }
    }
  }

  /** No two services may be meant by the same server name. */
  private void serverNames(Section at, List<String> names) {
    for (String name : names) {
      Place here = new Place(at.path("tcp.server-names"), at.line("tcp"));
      Place first = byServerName.putIfAbsent(name, here);
      if (first != null) {
        at.problem(
            "tcp",
            "server name " + name + " is also of " + first.path() + " on line " + first.line(),
            "let one service have each name");
      }
    }
  }

  /** What is a server name of a TCP service is no host of HTTP: TLS would not be ended for it. */
  private void apart(Section all) {
    byServerName.forEach((name, place) -> apart(all, name, place, name));
    // A wildcard is for one more label.
    for (String host : hostPlaces.keySet()) {
      int dot = host.indexOf('.');
      String wildcard = dot < 0 ? "" : "*" + host.substring(dot);
      Place place = byServerName.get(wildcard);
      if (place != null && !host.equals(wildcard)) {
        apart(all, wildcard, place, host);
      }
    }
  }

  private void apart(Section all, String name, Place of, String host) {
    Place there = hostPlaces.get(host);
    if (there != null) {
      all.problems()
          .add(
              of.line(),
              of.path(),
              name
                  + (name.equals(host) ? " is also in " : " covers " + host + ", which is in ")
                  + there.path()
                  + " on line "
                  + there.line(),
              "name it for TCP or for HTTP: over TLS both cannot be told apart");
    }
  }

  private record Place(String path, int line) {}
}
