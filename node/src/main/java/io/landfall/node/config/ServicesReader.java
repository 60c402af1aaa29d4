package io.landfall.node.config;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ServiceHealth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads {@code services}, and checks that no two of them can be mistaken for each other. */
final class ServicesReader {
  private final FileRules files;
  private final Optional<Block> block;
  private final Optional<HostAddress> nodeIdentity;
  private final Map<HostAddress, Place> identities = new LinkedHashMap<>();
  private final Map<String, Place> selectors = new LinkedHashMap<>();

  ServicesReader(FileRules files, Optional<Block> block, Optional<HostAddress> nodeIdentity) {
    this.files = files;
    this.block = block;
    this.nodeIdentity = nodeIdentity;
  }

  List<ServiceConfig> read(Section at) {
    List<ServiceConfig> services = new ArrayList<>();
    Rule<ServiceName> nameRule = Rules.checked(ServiceName::new, "write it as shop");
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<ServiceName> name = at.scalar(at.path(key), keyText, nameRule);
      Optional<Section> section = at.section(key);
      if (section.isPresent()) {
        service(name, section.get()).ifPresent(services::add);
      }
    }
    int count = at.named().size();
    if (count > LocalSignals.MAX_SERVICES) {
      at.problems()
          .add(
              at.line(""),
              "services",
              "has " + count + " entries, more than " + LocalSignals.MAX_SERVICES,
              "keep those that are hosted here or asked for here");
    }
    return services;
  }

  private Optional<ServiceConfig> service(Optional<ServiceName> name, Section at) {
    Optional<HostAddress> identity = identity(at);
    List<String> hosts = hosts(at);
    Optional<List<String>> paths = at.values("paths", NetRules::servicePath);
    if (paths.isPresent() && paths.get().isEmpty() && isEmptyList(at, "paths")) {
      at.problem("paths", "is empty: it selects no request", "remove the key to select every path");
    }
    List<ServiceConfig.Backend> backends = backends(at);
    Optional<ProbeConfig> probe =
        at.section("probe").flatMap(section -> new ProbeReader(files).read(section));
    if (at.has("probe") && !at.has("backends")) {
      at.problem(
          "probe",
          "there are no backends to probe: a service elsewhere is never probed from here",
          "add 'backends: [...]', or remove the probe");
    }
    if (probe.isEmpty() && !backends.isEmpty()) {
      probe = Optional.of(ProbeReader.DEFAULT);
    }
    long tier = at.value("tier", Rules.number(0, 0xffff_ffffL), 0L);
    OptionalInt maxRequests =
        at.value("max-requests", Rules.count(1, Integer.MAX_VALUE))
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    Optional<ServiceConfig.Cache> cache = at.section("cache").map(ServicesReader::cache);
    at.hasNoEffect("cache", "there is no cache yet");
    Optional<ServiceConfig.Bgp> bgp = at.section("bgp").flatMap(ServiceBgpReader::ofService);
    if (at.has("bgp") && !at.has("backends")) {
      at.problem(
          "bgp",
          "there are no backends: a host can say that the service is up, not where requests go",
          "add 'backends: [...]', or remove bgp");
    }
    at.end();
    selectors(at, hosts, paths.orElse(List.of()));
    if (name.isEmpty() || identity.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceConfig(
            name.get(),
            identity.get(),
            hosts,
            paths.orElse(List.of()),
            backends,
            probe,
            tier,
            maxRequests,
            cache,
            bgp));
  }

  private Optional<HostAddress> identity(Section at) {
    String example = "10.32.1.10";
    if (block.isEmpty()) {
      at.required("identity", NetRules::address, example);
      return Optional.empty();
    }
    Optional<HostAddress> identity =
        at.required("identity", NodeReader.identityIn(block.get()), example);
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
    Optional<List<String>> hosts = at.values("hosts", NetRules::serviceHost);
    if (!at.has("hosts")) {
      at.problem("hosts", "is missing", "add 'hosts: [shop.example]'");
    } else if (isEmptyList(at, "hosts")) {
      at.problem("hosts", "is empty: it selects no request", "name a host such as [shop.example]");
    }
    return hosts.orElse(List.of());
  }

  private static List<ServiceConfig.Backend> backends(Section at) {
    Optional<List<ServiceConfig.Backend>> backends = at.values("backends", NetRules::backend);
    if (isEmptyList(at, "backends")) {
      at.problem(
          "backends",
          "is empty",
          "name a backend such as [\"http://10.0.0.7:8080\"], or remove the key when the service"
              + " is hosted elsewhere");
    }
    at.atMost(
        "backends",
        ServiceHealth.MAX_BACKENDS,
        backends.map(List::size).orElse(0),
        "put a load balancer of its own before them, or make several services");
    return backends.orElse(List.of());
  }

  private static boolean isEmptyList(Section at, String key) {
    return at.raw(key).orElse(null) instanceof Yaml.Sequence list && list.items().isEmpty();
  }

  private static ServiceConfig.Cache cache(Section at) {
    OptionalLong maxObject =
        at.value("max-object", Rules.size(1, 1L << 40))
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    at.end();
    return new ServiceConfig.Cache(maxObject);
  }

  /** No two services may answer for the same host and path. */
  private void selectors(Section at, List<String> hosts, List<String> paths) {
    for (String host : hosts) {
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

  private record Place(String path, int line) {}
}
