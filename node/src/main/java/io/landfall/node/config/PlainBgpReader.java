package io.landfall.node.config;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code overlay.bgp}. */
final class PlainBgpReader {
  private static final int BGP_PORT = 179;

  private final FileRules files;
  private final Block block;

  PlainBgpReader(FileRules files, Block block) {
    this.files = files;
    this.block = block;
  }

  PlainBgpConfig read(Section at) {
    Optional<InetSocketAddress> listen = at.value("listen", NetRules::listen);
    boolean anyInBlock = at.value("entitle", PlainBgpReader::entitle, false);
    Map<NodeName, HostAddress> nodes = at.section("nodes").map(this::nodes).orElse(Map.of());
    List<PlainBgpConfig.Neighbor> neighbors = new ArrayList<>();
    Set<InetAddress> addresses = new HashSet<>();
    Set<HostAddress> identities = new HashSet<>();
    if (!at.has("neighbors")) {
      at.problem("neighbors", "is missing", "name a neighbour, or remove overlay.bgp");
    }
    for (Section section : at.sections("neighbors").orElse(List.of())) {
      Optional<PlainBgpConfig.Neighbor> neighbor = neighbor(section);
      if (neighbor.isEmpty()) {
        continue;
      }
      if (!addresses.add(neighbor.get().address())) {
        section.problem("address", "is here twice", "keep one neighbour for each address");
      }
      if (!identities.add(neighbor.get().identity())) {
        section.problem("identity", "is here twice", "give each neighbour its own identity");
      }
      neighbors.add(neighbor.get());
    }
    at.atMost(
        "neighbors",
        OverlayLimits.usual().peers(),
        neighbors.size(),
        "let a reflector tell the routes of the others");
    at.end();
    return new PlainBgpConfig(listen, neighbors, nodes, anyInBlock);
  }

  private Optional<PlainBgpConfig.Neighbor> neighbor(Section at) {
    Optional<NodeName> name =
        at.required("name", Rules.checked(NodeName::new, "write it as rr1"), "rr1");
    Optional<HostAddress> identity =
        at.required("identity", NodeReader.identityIn(block), "10.32.0.250");
    Optional<InetAddress> address = at.required("address", NetRules::address, "192.0.2.1");
    int port = at.value("port", Rules.count(1, 65_535), BGP_PORT);
    Optional<PlainBgpConfig.Relation> relation =
        at.required("relation", Rules.oneOf(PlainBgpConfig.Relation.class), "reflector");
    Optional<Path> passwordFile = at.value("password-file", files::password);
    boolean ttlSecurity = at.value("ttl-security", Rules::flag, false);
    boolean dial = at.value("dial", Rules::flag, true);
    at.end();
    if (name.isEmpty() || identity.isEmpty() || address.isEmpty() || relation.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlainBgpConfig.Neighbor(
            name.get(),
            identity.get(),
            address.get(),
            port,
            relation.get(),
            passwordFile,
            ttlSecurity,
            dial));
  }

  private Map<NodeName, HostAddress> nodes(Section at) {
    Map<NodeName, HostAddress> nodes = new LinkedHashMap<>();
    Rule<NodeName> nameRule = Rules.checked(NodeName::new, "write the name of a node");
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<NodeName> name = at.scalar(path, key, nameRule);
      Optional<HostAddress> identity =
          at.scalar(path, entry.getValue().value(), NodeReader.identityIn(block));
      if (name.isPresent() && identity.isPresent()) {
        nodes.put(name.get(), identity.get());
      }
    }
    return nodes;
  }

  private static boolean entitle(String text) throws BadValue {
    if (!text.equals("any-in-block")) {
      throw new BadValue(
          "'" + text + "' is not a rule of entitlement",
          "write any-in-block, or remove the key and list services in trust.entitlements");
    }
    return true;
  }
}
