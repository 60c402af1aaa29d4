package io.landfall.node.config;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The top of the config: its sections, and who this node is. */
final class NodeReader {
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
    Optional<Section> node = top.requiredSection("node", "{name: fra, identity: 10.32.0.1}");
    Optional<Section> overlay =
        top.requiredSection(
            "overlay", "{block: 10.32.0.0/23, listen: \"203.0.113.10:8443\", candidates: []}");
    Optional<Section> trust =
        top.requiredSection(
            "trust", "{domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}");
    Optional<Section> edge =
        top.requiredSection("edge", "{listen: [{address: \"198.51.100.1:80\"}]}");
    Optional<Section> ingress = top.section("ingress");
    Optional<Section> services = top.section("services");
    Optional<Section> serviceBgp = top.section("service-bgp");
    WatchConfig watch = WatchReader.read(top.section("watch"), files);
    Optional<Section> admin = top.section("admin");
    Optional<Section> log = top.section("log");
    top.end();

    Optional<OverlayConfig> overlayConfig = overlay.flatMap(at -> OverlayReader.read(at, files));
    Optional<Block> block =
        overlayConfig.map(o -> o.block()).or(() -> overlay.flatMap(OverlayReader::blockAlone));
    Optional<NodeName> name = readName(node);
    Optional<HostAddress> identity = readIdentity(node, block);
    String region = node.map(at -> at.value("region", Rules::text, "")).orElse("");
    node.ifPresent(at -> at.hasNoEffect("region", "nothing depends on where a node is yet"));
    node.ifPresent(Section::end);
    Optional<TrustConfig> trustConfig = trust.flatMap(at -> new TrustReader(files).read(at));
    Optional<IngressConfig> ingressConfig =
        ingress.flatMap(at -> new IngressReader(files, block).read(at));
    Optional<EdgeConfig> edgeConfig = edge.flatMap(at -> new EdgeReader(files).read(at));
    ServiceBgpConfig serviceBgpConfig = readServiceBgp(serviceBgp, services, overlayConfig);
    List<ServiceConfig> serviceList = readServices(services, block, identity);
    AdminConfig adminConfig = readAdmin(admin);
    LogConfig logConfig = readLog(log);

    Listeners.check(overlay, edge, admin, serviceBgp);
    CrossChecks.otherNodes(overlay, name);
    CrossChecks.entitlements(trust, services);

    if (!problems.isEmpty()
        || name.isEmpty()
        || identity.isEmpty()
        || overlayConfig.isEmpty()
        || trustConfig.isEmpty()
        || edgeConfig.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeConfig(
            file,
            name.get(),
            identity.get(),
            region,
            overlayConfig.get(),
            trustConfig.get(),
            ingressConfig,
            edgeConfig.get(),
            serviceBgpConfig,
            serviceList,
            watch,
            adminConfig,
            logConfig));
  }

  private static Optional<NodeName> readName(Optional<Section> node) {
    return node.flatMap(
        at -> at.required("name", Rules.checked(NodeName::new, "write it as fra"), "fra"));
  }

  private List<ServiceConfig> readServices(
      Optional<Section> at, Optional<Block> block, Optional<HostAddress> identity) {
    return at.map(new ServicesReader(files, block, identity)::read).orElse(List.of());
  }

  private ServiceBgpConfig readServiceBgp(
      Optional<Section> at, Optional<Section> services, Optional<OverlayConfig> overlay) {
    ServiceBgpReader.checkHosts(at, services);
    long overlayAsn = overlay.map(OverlayConfig::asn).orElse(OverlayConfig.DEFAULT_ASN);
    return at.map(section -> new ServiceBgpReader(files, overlayAsn).read(section))
        .orElse(ServiceBgpConfig.NONE);
  }

  private static Optional<HostAddress> readIdentity(Optional<Section> node, Optional<Block> block) {
    return node.flatMap(
        at ->
            block.isPresent()
                ? at.required("identity", identityIn(block.get()), "10.32.0.1")
                : at.required("identity", NetRules::address, "10.32.0.1")
                    .flatMap(a -> Optional.empty()));
  }

  /** A host of the block. */
  static Rule<HostAddress> identityIn(Block block) {
    return Rules.checked(
        block::parseHost, "choose an address of its own inside " + block + " (overlay.block)");
  }

  private AdminConfig readAdmin(Optional<Section> section) {
    if (section.isEmpty()) {
      return new AdminConfig(AdminConfig.DEFAULT_SOCKET, Optional.empty());
    }
    Section at = section.get();
    AdminConfig admin =
        new AdminConfig(
            at.value("socket", files::socket, AdminConfig.DEFAULT_SOCKET),
            at.value("metrics", NetRules::loopback),
            at.value("looking-glass", NetRules::loopback));
    at.end();
    return admin;
  }

  private static LogConfig readLog(Optional<Section> section) {
    if (section.isEmpty()) {
      return LogConfig.DEFAULT;
    }
    Section at = section.get();
    LogConfig log =
        new LogConfig(
            at.value("level", Rules.oneOf(LogConfig.Level.class), LogConfig.DEFAULT.level()),
            at.value("format", Rules.oneOf(LogConfig.Format.class), LogConfig.DEFAULT.format()));
    at.end();
    return log;
  }
}
