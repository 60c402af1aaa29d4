package io.landfall.node;

import io.landfall.config.EdgeConfig;
import io.landfall.config.ListenTlsConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.PlainBgpConfig;
import io.landfall.config.ProbeConfig;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.config.UpstreamConfig;
import io.landfall.core.Addresses;
import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.tls.BackendTls;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Pem;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that a start needs beside the config, read and found good: nothing is opened by it, and a
 * node starts from nothing else.
 *
 * @param config what it was made from
 * @param trust this node's credentials and its rules for others
 * @param edge what the edge is started with
 * @param ingress what plane one is started with
 * @param operators what operators asked for before
 * @param backendTls how services with backends over TLS verify them
 * @param names the names of backends and candidates
 * @param text what the config was read from
 */
record StartPlan(
    NodeConfig config,
    NodeTrust trust,
    EdgeSettings edge,
    IngressDriver.Settings ingress,
    OperatorFile operators,
    Map<ServiceName, BackendTls> backendTls,
    Names names,
    String text) {
  /**
   * Names of hosts.
   *
   * @param addresses what they resolve to; a name that is missing resolves to nothing
   * @param lookup how they are resolved again
   */
  record Names(Map<String, List<InetAddress>> addresses, HostLookup lookup) {}

  private static final String MEND_NAME = "use an address, or mend the name in DNS";

  private static final List<PosixFilePermission> OF_OTHERS =
      List.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.GROUP_WRITE);

  /**
   * Prepares a start; its text is what the file of the config has now.
   *
   * @return empty when there is a problem among what was found
   */
  static Optional<StartPlan> of(
      NodeConfig config,
      Clock clock,
      HostLookup lookup,
      NodeCheck.Purpose purpose,
      Findings findings) {
    Optional<NodeTrust> trust = NodeTrust.load(config, clock, findings);
    Optional<EdgeSettings> edge = EdgeFromConfig.of(config, clock, findings);
    Optional<IngressDriver.Settings> ingress =
        findings.prepare(() -> IngressDriver.settings(config));
    Optional<?> _ = findings.prepare(() -> PlainBgp.neighbors(config));
    Optional<?> _ = findings.prepare(() -> ServiceHostDriver.specs(config));
    Optional<OperatorFile> operators = operators(config, purpose, findings);
    Map<ServiceName, BackendTls> backendTls = BackendTlsFromConfig.of(config, clock, findings);
    CacheFromConfig.warnOfSlices(config, findings);
    secrets(config, findings);
    probes(config, purpose, findings);
    Map<String, List<InetAddress>> addresses = Map.of();
    NodeTracing.trial(config, findings);
    AcmeTrial.of(config, purpose != NodeCheck.Purpose.CHECK_ELSEWHERE, findings);
    if (purpose != NodeCheck.Purpose.CHECK_ELSEWHERE) {
      TrafficFromConfig.trial(config, Runtime.getRuntime().maxMemory(), findings);
      if (purpose != NodeCheck.Purpose.CHANGE) {
        ListenerTrial.of(config, purpose, findings);
        CacheDiskTrial.of(config, findings);
        NodeAccessLog.trial(config, findings);
        OwnFileTrial.of(config, findings);
      }
      Set<String> candidates = candidates(config);
      Set<String> asked = Backends.namesOf(config.services());
      asked.addAll(candidates);
      addresses = BackendNames.resolve(asked, lookup);
      names(config, addresses.keySet(), findings);
      candidates.removeAll(addresses.keySet());
      candidates.forEach(name -> unknownCandidate(name, findings));
    }
    if (!findings.isStartable()
        || trust.isEmpty()
        || edge.isEmpty()
        || ingress.isEmpty()
        || operators.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StartPlan(
            config,
            trust.get(),
            edge.get(),
            ingress.get(),
            operators.get(),
            backendTls,
            new Names(addresses, lookup),
            ConfigFile.text(config.self().file()).orElse("")));
  }

  /** Whether nothing differs, pages that the file names included. */
  boolean isSame(StartPlan other) {
    return config.equals(other.config())
        && edge.traffic().equals(other.edge().traffic())
        && ingress.equals(other.ingress())
        && BackendTlsFromConfig.same(backendTls, other.backendTls());
  }

  /**
   * The same with what operators have asked for by now.
   *
   * @throws StartFailed when that cannot be read
   */
  StartPlan readAgain() throws StartFailed {
    OperatorFile now = OperatorFile.read(config.operation().admin().stateFile());
    return new StartPlan(config, trust, edge, ingress, now, backendTls, names, text);
  }

  /** The same of a config that was read from a text, which may not be that of its file any more. */
  StartPlan of(String read) {
    return new StartPlan(config, trust, edge, ingress, operators, backendTls, names, read);
  }

  /** A file of this machine proves nothing about another one. */
  private static Optional<OperatorFile> operators(
      NodeConfig config, NodeCheck.Purpose purpose, Findings findings) {
    Path file = config.operation().admin().stateFile();
    return purpose == NodeCheck.Purpose.CHECK_ELSEWHERE
        ? Optional.of(OperatorFile.unread(file))
        : findings.prepare(() -> OperatorFile.read(file));
  }

  /** Files that should be this node's alone. */
  private static void secrets(NodeConfig config, Findings findings) {
    alone("trust.key", config.trust().key(), findings);
    List<EdgeConfig.Listen> listeners = config.edge().map(EdgeConfig::listen).orElse(List.of());
    for (int i = 0; i < listeners.size(); i++) {
      List<EdgeConfig.KeyPairFiles> pairs = listeners.get(i).certificates();
      for (int j = 0; j < pairs.size(); j++) {
        String key = ListenerCertificates.keyOf("edge.listen[" + i + "].tls", j, pairs.size());
        alone(key, pairs.get(j).key(), findings);
      }
      String tickets = "edge.listen[" + i + "].tls.tickets.keys";
      listeners
          .get(i)
          .tls()
          .flatMap(ListenTlsConfig::ticketKeys)
          .ifPresent(file -> alone(tickets, file, findings));
    }
    for (ServiceConfig service : config.services()) {
      String key = "services." + service.name() + ".backend-tls.key";
      service
          .here()
          .tls()
          .flatMap(ServiceConfig.Tls::own)
          .ifPresent(pair -> alone(key, pair.key(), findings));
    }
    List<UpstreamConfig> upstreams =
        config.ingress().map(ingress -> ingress.upstreams()).orElse(List.of());
    for (int i = 0; i < upstreams.size(); i++) {
      String key = "ingress.upstreams[" + i + "].password-file";
      upstreams.get(i).tcp().passwordFile().ifPresent(file -> alone(key, file, findings));
    }
    List<PlainBgpConfig.Neighbor> neighbors = config.overlay().bgp().neighbors();
    for (int i = 0; i < neighbors.size(); i++) {
      String key = "overlay.bgp.neighbors[" + i + "].password-file";
      neighbors.get(i).passwordFile().ifPresent(file -> alone(key, file, findings));
    }
    config
        .operation()
        .admin()
        .purge()
        .ifPresent(purge -> alone("admin.purge-token-file", purge.tokenFile(), findings));
    for (ServiceBgpConfig.Host host : config.serviceBgp().hosts()) {
      String key = "service-bgp.hosts." + host.name() + ".password-file";
      host.passwordFile().ifPresent(file -> alone(key, file, findings));
    }
  }

  private static void alone(String key, Path file, Findings findings) {
    try {
      Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
      if (OF_OTHERS.stream().anyMatch(modes::contains)) {
        findings.warn(
            key, file + " can be read or changed by other users", "run 'chmod 600 " + file + "'");
      }
    } catch (IOException | UnsupportedOperationException e) {
      // The reader of the file reports the problem; where there are no such modes there is none.
    }
  }

  private static void probes(NodeConfig config, NodeCheck.Purpose purpose, Findings findings) {
    for (ServiceConfig service : config.services()) {
      String key = "services." + service.name() + ".probe";
      switch (service.here().probe().map(ProbeConfig::check).orElse(null)) {
        case ProbeConfig.Check.Http http -> authorities(key, http.way(), findings);
        case ProbeConfig.Check.Tcp tcp -> authorities(key, tcp.way(), findings);
        case ProbeConfig.Check.Exec exec -> {
          if (purpose != NodeCheck.Purpose.CHECK_ELSEWHERE) {
            program(key + ".exec", exec.command().getFirst(), findings);
          }
        }
        case null -> {}
      }
    }
  }

  private static void authorities(String key, ProbeConfig.Way way, Findings findings) {
    // Without them the node would start, and every probe of the service fail.
    way.tls()
        .flatMap(ProbeConfig.Tls::ca)
        .ifPresent(
            file ->
                findings.value(
                    key + ".tls-ca",
                    Pem.readCertificates(file),
                    "name a PEM file with the CA's certificates"));
  }

  /** A path was looked at when the config was read; a bare name is looked up as a start does it. */
  private static void program(String key, String name, Findings findings) {
    if (name.indexOf('/') >= 0) {
      return;
    }
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      Path program = Path.of(folder.isEmpty() ? "." : folder).resolve(name);
      if (Files.isExecutable(program) && !Files.isDirectory(program)) {
        return;
      }
    }
    findings.problem(
        key, "there is no program '" + name + "' on the PATH", "install it, or write its path");
  }

  private static void names(NodeConfig config, Set<String> resolved, Findings findings) {
    for (ServiceConfig service : config.services()) {
      Set<String> unknown = new LinkedHashSet<>(Backends.namesOf(List.of(service)));
      unknown.removeAll(resolved);
      for (String name : unknown) {
        findings.warn(
            "services." + service.name() + ".backends",
            "the host " + name + " does not resolve: that backend is down until it does",
            MEND_NAME);
      }
    }
  }

  private static Set<String> candidates(NodeConfig config) {
    return Translate.candidates(config).stream()
        .map(Endpoint::host)
        .filter(host -> Addresses.parseLiteral(host).isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** It is resolved again at each dial, so that it stops no start. */
  private static void unknownCandidate(String name, Findings findings) {
    findings.warn(
        "overlay.candidates",
        "the host " + name + " does not resolve: that node is not dialled until it does",
        MEND_NAME);
  }
}
