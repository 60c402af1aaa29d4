package io.landfall.config;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The top of the config: its sections, and who this node is. */
final class NodeReader {
  /** The sections. */
  static final Keys KEYS = new Keys("");

  private static final Keys NODE_KEYS = new Keys("node");
  private static final Keys ADMIN_KEYS = new Keys("admin");
  private static final Keys LOG_KEYS = new Keys("log");
  private static final Keys SHUTDOWN_KEYS = new Keys("shutdown");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(NODE_KEYS, ADMIN_KEYS, LOG_KEYS, SHUTDOWN_KEYS);

  private static final Key<?> NODE =
      KEYS.section("node").required("{name: fra, identity: 10.32.0.1}").is("Who this node is.");
  private static final Key<?> OVERLAY =
      KEYS.section("overlay")
          .required("{block: 10.32.0.0/23, listen: \"203.0.113.10:8443\", candidates: []}")
          .is("Plane two: the nodes, and the routes to services between them.");
  private static final Key<?> TRUST =
      KEYS.section("trust")
          .required("{domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}")
          .is("Who may join the overlay, and this node's own certificate.");
  private static final Key<?> INGRESS =
      KEYS.section("ingress").is("Plane one: leave it out to announce nothing.");
  private static final Key<?> EDGE =
      KEYS.section("edge")
          .is(
              "Where clients connect; leave it out where none do, as at a node that only reflects"
                  + " routes.");
  private static final Key<?> SERVICES =
      KEYS.section("services").is("What is served here or known here.");
  private static final Key<?> SERVICE_BGP =
      KEYS.section("service-bgp").is("Service hosts that speak BGP; leave it out for none.");
  private static final Key<?> CACHE =
      KEYS.section("cache").is("The cache of the node; which services are cached they have.");
  private static final Key<?> WATCH =
      KEYS.section("watch")
          .is(
              "Where copies of the BGP messages received from other nodes go"
                  + " ([watching.md](watching.md)); leave it out for nowhere.");
  private static final Key<?> ADMIN =
      KEYS.section("admin").is("How people and tools ask the node.");
  private static final Key<?> LOG = KEYS.section("log").is("What is logged and how.");
  private static final Key<?> ACCESS_LOG =
      KEYS.section("access-log")
          .is(
              "A line for each request of clients ([access-log.md](access-log.md)); leave it out for"
                  + " none.");
  private static final Key<?> TRACING =
      KEYS.section("tracing")
          .is(
              "Spans of sampled requests for a collector ([tracing.md](tracing.md)); leave it out for"
                  + " none.");
  private static final Key<?> SHUTDOWN =
      KEYS.section("shutdown").is("What happens at SIGTERM and SIGINT (docs/liveness.md).");

  private static final Key<NodeName> NAME =
      NODE_KEYS
          .value("name", ValueRules.nodeName("write it as fra"))
          .required("fra")
          .is("The node's name, a lower-case DNS label.");
  private static final Key<?> IDENTITY =
      NODE_KEYS
          .value("identity", Shapes.ADDRESS)
          .required("10.32.0.1")
          .is("Its host address inside `overlay.block`.");
  private static final Key<String> REGION =
      NODE_KEYS
          .value("region", ValueRules::text)
          .otherwise("", "none")
          .is("No effect yet (`check` warns): a text that is read and kept.");

  private static final Key<?> SOCKET =
      ADMIN_KEYS
          .value("socket", Shapes.FILE)
          .otherwiseAs("`" + AdminConfig.DEFAULT_SOCKET + "`")
          .is(
              "The Unix socket, mode 0600 without `socket-group`, a path of at most "
                  + AdminConfig.MAX_SOCKET_PATH_BYTES
                  + " bytes.");

  private static final Key<String> SOCKET_GROUP =
      ADMIN_KEYS
          .value("socket-group", ValueRule.of(new Shape.Text("group", ""), ValueRules::text))
          .is(
              "The group whose members may use the socket too (mode 0660): they steer the node as"
                  + " its own user does. That user has to be one of them (docs/deploy.md).");

  static final Key<InetSocketAddress> METRICS =
      ADMIN_KEYS.value("metrics", NetRules.LOOPBACK).is("A read-only listener for Prometheus.");
  static final Key<InetSocketAddress> LOOKING_GLASS =
      ADMIN_KEYS
          .value("looking-glass", NetRules.LOOPBACK)
          .is("A read-only listener with birdwatcher's REST API (docs/refusals.md, Alice-LG).");

  static final Key<InetSocketAddress> PURGE =
      ADMIN_KEYS
          .value("purge", NetRules.LOOPBACK)
          .is(
              "A listener that takes purges and nothing else (`POST /v1/purge`), of who has the"
                  + " token of `purge-token-file` (docs/caching.md).");
  private static final Key<?> PURGE_TOKEN_FILE =
      ADMIN_KEYS
          .value("purge-token-file", Shapes.FILE)
          .is(
              "The token for `purge`: the file's first line, "
                  + AdminConfig.PurgeListener.MIN_TOKEN_BYTES
                  + " to "
                  + AdminConfig.PurgeListener.MAX_TOKEN_BYTES
                  + " visible characters of ASCII.");

  private static final Key<?> STATE_FILE =
      ADMIN_KEYS
          .value("state-file", Shapes.FILE)
          .otherwiseAs("`operator-NAME.state` beside this file")
          .is(
              "Where drains and withdrawals by command are kept over restarts; written when there"
                  + " are some, and removed when there are none (docs/liveness.md).");

  private static final Key<LogConfig.Level> LEVEL =
      LOG_KEYS
          .value("level", ValueRules.oneOf(LogConfig.Level.class))
          .otherwise(LogConfig.DEFAULT.level())
          .is("The least severe level that is written.");
  private static final Key<LogConfig.Format> FORMAT =
      LOG_KEYS
          .value("format", ValueRules.oneOf(LogConfig.Format.class))
          .otherwise(LogConfig.DEFAULT.format())
          .is(
              "How a line looks; `json` is one object a line with `timestamp` (milliseconds),"
                  + " `level`, `loggerName`, `formattedMessage`, `throwable`, and the fields of the"
                  + " line in `kvpList`.");

  private static final Key<Long> GRACE =
      SHUTDOWN_KEYS
          .value("grace", ValueRules.duration(0, 3_600_000))
          .otherwise(NodeConfig.DEFAULT_SHUTDOWN_GRACE_MILLIS)
          .is(
              "How long requests in progress may take to finish once no client is accepted any"
                  + " more, which is after `ingress.drain-wait`; 0s: not at all.");

  private final Path file;
  private final Problems problems;
  private final FileRules files;

  NodeReader(Path file, Problems problems) {
    this.file = file;
    this.problems = problems;
    Path folder = file.getParent();
    this.files = new FileRules(folder == null ? file : folder);
  }

  /** The config; empty only when a problem was reported. */
  Optional<NodeConfig> read(Section top) {
    Optional<Section> node = top.requiredSection(NODE);
    Optional<Section> overlay = top.requiredSection(OVERLAY);
    Optional<Section> trust = top.requiredSection(TRUST);
    Optional<Section> edge = top.section(EDGE);
    Optional<Section> ingress = top.section(INGRESS);
    Optional<Section> services = top.section(SERVICES);
    Optional<Section> serviceBgp = top.section(SERVICE_BGP);
    CacheConfig cache = CacheSectionReader.ofNode(top.section(CACHE), files);
    WatchConfig watch = WatchReader.read(top.section(WATCH), files);
    Optional<Section> admin = top.section(ADMIN);
    Optional<Section> log = top.section(LOG);
    Optional<AccessLogConfig> accessLog = AccessLogReader.read(top.section(ACCESS_LOG), files);
    Optional<TracingConfig> tracing = TracingReader.read(top.section(TRACING), files);
    Optional<Section> shutdown = top.section(SHUTDOWN);
    top.end();

    Optional<OverlayConfig> overlayConfig = overlay.flatMap(at -> OverlayReader.read(at, files));
    Optional<Block> block =
        overlayConfig.map(o -> o.block()).or(() -> overlay.flatMap(OverlayReader::blockAlone));
    Optional<NodeName> name = readName(node);
    Optional<HostAddress> identity = readIdentity(node, block);
    String region = node.map(at -> at.valueOrDefault(REGION)).orElse("");
    node.ifPresent(at -> at.hasNoEffect(REGION, "nothing depends on where a node is yet"));
    node.ifPresent(Section::end);
    Optional<TrustConfig> trustConfig = trust.flatMap(at -> new TrustReader(files).read(at));
    Optional<IngressConfig> ingressConfig =
        ingress.flatMap(at -> new IngressReader(files, block).read(at));
    Optional<EdgeConfig> edgeConfig = edge.flatMap(at -> new EdgeReader(files).read(at));
    ServiceBgpConfig serviceBgpConfig = readServiceBgp(serviceBgp, services, overlayConfig);
    List<ServiceConfig> serviceList = readServices(services, block, identity);
    AdminConfig adminConfig = readAdmin(admin, stateFile(name));
    LogConfig logConfig = readLog(log);
    long graceMillis = readGrace(shutdown);

    ListenerChecks.check(overlay, edge, admin, serviceBgp);
    CrossChecks.otherNodes(overlay, name);
    CrossChecks.entitlements(trust, services);
    CrossChecks.withoutEdge(top, overlay);
    CrossChecks.listenersOfServices(edge, services, serviceList);

    if (!problems.isEmpty()
        || name.isEmpty()
        || identity.isEmpty()
        || overlayConfig.isEmpty()
        || trustConfig.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeConfig(
            new NodeConfig.Self(file, name.get(), identity.get(), region),
            overlayConfig.get(),
            trustConfig.get(),
            ingressConfig,
            edgeConfig,
            serviceBgpConfig,
            new NodeConfig.Known(serviceList, cache),
            new NodeConfig.Operation(
                watch, adminConfig, logConfig, accessLog, tracing, graceMillis)));
  }

  private static Optional<NodeName> readName(Optional<Section> node) {
    return node.flatMap(at -> at.required(NAME));
  }

  private List<ServiceConfig> readServices(
      Optional<Section> at, Optional<Block> block, Optional<HostAddress> identity) {
    return at.map(new ServicesReader(files, block, identity)::read).orElse(List.of());
  }

  private ServiceBgpConfig readServiceBgp(
      Optional<Section> at, Optional<Section> services, Optional<OverlayConfig> overlay) {
    ServiceBgpReader.checkHosts(at, services);
    Asn overlayAsn = overlay.map(OverlayConfig::asn).orElse(OverlayConfig.DEFAULT_ASN);
    return at.map(section -> new ServiceBgpReader(files, overlayAsn).read(section))
        .orElse(ServiceBgpConfig.NONE);
  }

  private static Optional<HostAddress> readIdentity(Optional<Section> node, Optional<Block> block) {
    return node.flatMap(
        at ->
            block.isPresent()
                ? at.required(IDENTITY, identityIn(block.get()))
                : at.required(IDENTITY, NetRules.ADDRESS).flatMap(a -> Optional.empty()));
  }

  /** A host of the block. */
  static ValueRule<HostAddress> identityIn(Block block) {
    return ValueRules.checked(
        Shapes.ADDRESS,
        block::parseHost,
        "choose an address of its own inside " + block + " (overlay.block)");
  }

  private Path stateFile(Optional<NodeName> name) {
    return file.resolveSibling("operator-" + name.map(NodeName::value).orElse("") + ".state");
  }

  private AdminConfig readAdmin(Optional<Section> section, Path stateFile) {
    if (section.isEmpty()) {
      return new AdminConfig(
          AdminConfig.DEFAULT_SOCKET,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          stateFile);
    }
    Section at = section.get();
    AdminConfig admin =
        new AdminConfig(
            at.value(SOCKET, files::socket).orElse(AdminConfig.DEFAULT_SOCKET),
            at.value(SOCKET_GROUP),
            at.value(METRICS),
            at.value(LOOKING_GLASS),
            purgeListener(at),
            at.value(STATE_FILE, files::path).orElse(stateFile));
    at.end();
    return admin;
  }

  private Optional<AdminConfig.PurgeListener> purgeListener(Section at) {
    Optional<InetSocketAddress> listen = at.value(PURGE);
    Optional<Path> token = at.value(PURGE_TOKEN_FILE, files::token);
    if (at.has(PURGE.name()) != at.has(PURGE_TOKEN_FILE.name())) {
      at.problem(
          at.has(PURGE.name()) ? PURGE.name() : PURGE_TOKEN_FILE.name(),
          "stands alone: a client that purges needs a token, and a place for it",
          "give both purge and purge-token-file, or none");
    }
    return listen.isPresent() && token.isPresent()
        ? Optional.of(new AdminConfig.PurgeListener(listen.get(), token.get()))
        : Optional.empty();
  }

  private static long readGrace(Optional<Section> section) {
    long graceMillis =
        section
            .map(at -> at.valueOrDefault(GRACE))
            .orElse(NodeConfig.DEFAULT_SHUTDOWN_GRACE_MILLIS);
    section.ifPresent(Section::end);
    return graceMillis;
  }

  private static LogConfig readLog(Optional<Section> section) {
    if (section.isEmpty()) {
      return LogConfig.DEFAULT;
    }
    Section at = section.get();
    LogConfig log = new LogConfig(at.valueOrDefault(LEVEL), at.valueOrDefault(FORMAT));
    at.end();
    return log;
  }
}
