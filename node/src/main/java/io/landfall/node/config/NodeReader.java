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
    Optional<Section> watch = top.section("watch");
    Optional<Section> admin = top.section("admin");
    Optional<Section> log = top.section("log");
    top.end();

    Optional<OverlayConfig> overlayConfig = overlay.flatMap(at -> OverlayReader.read(at, files));
    Optional<Block> block = overlayConfig.map(OverlayConfig::block);
    if (block.isEmpty()) {
      block = overlay.flatMap(OverlayReader::blockAlone);
    }
    Optional<NodeName> name =
        node.flatMap(
            at -> at.required("name", Rules.checked(NodeName::new, "write it as fra"), "fra"));
    Optional<HostAddress> identity = readIdentity(node, block);
    String region = node.map(at -> at.value("region", Rules::text, "")).orElse("");
    node.ifPresent(Section::end);
    Optional<TrustConfig> trustConfig = trust.flatMap(at -> new TrustReader(files).read(at));
    Optional<Block> forIngress = block;
    Optional<IngressConfig> ingressConfig =
        ingress.flatMap(at -> new IngressReader(files, forIngress).read(at));
    Optional<EdgeConfig> edgeConfig = edge.flatMap(at -> new EdgeReader(files).read(at));
    long overlayAsn = overlayConfig.map(OverlayConfig::asn).orElse(OverlayConfig.DEFAULT_ASN);
    ServiceBgpConfig serviceBgpConfig =
        serviceBgp
            .map(at -> new ServiceBgpReader(files, overlayAsn).read(at))
            .orElse(ServiceBgpConfig.NONE);
    ServicesReader servicesReader = new ServicesReader(files, block, identity);
    List<ServiceConfig> serviceList = services.map(servicesReader::read).orElse(List.of());
    WatchConfig watchConfig = watch.map(new WatchReader(files)::read).orElse(WatchConfig.NONE);
    AdminConfig adminConfig = readAdmin(admin);
    LogConfig logConfig = readLog(log);

    Listeners.check(overlay, edge, admin, serviceBgp);
    CrossChecks.costs(overlay, name);
    CrossChecks.reflectors(overlay, name);
    CrossChecks.entitlements(trust, services);
    ServiceBgpReader.checkHosts(serviceBgp, services);

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
            watchConfig,
            adminConfig,
            logConfig));
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
