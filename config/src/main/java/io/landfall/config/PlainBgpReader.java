package io.landfall.config;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
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
  private static final String ANY_IN_BLOCK = "any-in-block";

  private static final Keys KEYS = new Keys("overlay.bgp");
  private static final Keys NEIGHBOR_KEYS = new Keys("overlay.bgp.neighbors[]");
  private static final Keys NODE_KEYS = new Keys("overlay.bgp.nodes");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(KEYS, NEIGHBOR_KEYS, NODE_KEYS);

  private static final Key<InetSocketAddress> LISTEN =
      KEYS.value("listen", NetRules.LISTEN)
          .otherwiseAs("only dial")
          .is("Address and port where their connections are taken.");
  private static final Key<?> NEIGHBORS =
      KEYS.sections("neighbors")
          .required("[{name: rr1, identity: 10.32.0.250, address: 192.0.2.1, relation: reflector}]")
          .atMost(Bounds.OVERLAY_PEERS)
          .is("The neighbours.");
  private static final Key<?> NODES =
      KEYS.section("nodes").is("The nodes whose routes may come through a reflector or relay.");
  private static final Key<?> NODE =
      NODE_KEYS
          .value("NODE", new Shape.Either(Shapes.ADDRESS, Shapes.PREFIX))
          .forNames(Shapes.LABEL)
          .is(
              "The node's identity, or a prefix whose every address is a node's; it may originate"
                  + " what `trust.entitlements.NODE` names.");
  private static final Key<Boolean> ENTITLE =
      KEYS.value(
              "entitle",
              ValueRule.of(new Shape.Choice(List.of(ANY_IN_BLOCK)), PlainBgpReader::entitle))
          .otherwise(false, "nothing")
          .is("Every one of `overlay.bgp.nodes` may originate any service.");

  private static final Key<NodeName> NAME =
      NEIGHBOR_KEYS
          .value("name", ValueRules.nodeName("write it as rr1"))
          .required("rr1")
          .is("Its name; it may originate what `trust.entitlements` gives that name.");
  private static final Key<?> IDENTITY =
      NEIGHBOR_KEYS
          .value("identity", Shapes.ADDRESS)
          .required("10.32.0.250")
          .is(
              "A host address inside the block; its BGP Identifier must be that (of an IPv6 block:"
                  + " 10.0.0.0 plus the offset, docs/protocol.md).");
  private static final Key<InetAddress> ADDRESS =
      NEIGHBOR_KEYS
          .value("address", NetRules.ADDRESS)
          .required("192.0.2.1")
          .is("The address that it connects from, and that is dialled.");
  private static final Key<Integer> PORT =
      NEIGHBOR_KEYS
          .value("port", ValueRules.PORT)
          .otherwise(UpstreamConfig.DEFAULT_PORT)
          .is("The port that is dialled.");
  private static final Key<PlainBgpConfig.Relation> RELATION =
      NEIGHBOR_KEYS
          .value("relation", ValueRules.oneOf(PlainBgpConfig.Relation.class))
          .required("reflector")
          .is(
              "`mesh`: sends its own routes; `client`: the same, and this node reflects for it;"
                  + " `reflector`: sends us routes of others; `relay`: a client that sends routes"
                  + " of several nodes.");
  private static final Key<?> PASSWORD_FILE =
      NEIGHBOR_KEYS.value("password-file", Shapes.FILE).is(FileRules.PASSWORD_SENTENCE);
  private static final Key<Boolean> TTL_SECURITY =
      NEIGHBOR_KEYS
          .value("ttl-security", ValueRules.FLAG)
          .otherwise(false)
          .is("GTSM (RFC 5082): it must be on the same link.");
  private static final Key<Boolean> DIAL =
      NEIGHBOR_KEYS
          .value("dial", ValueRules.FLAG)
          .otherwise(true)
          .is("Whether this node opens connections to it.");

  private final FileRules files;
  private final Block block;

  PlainBgpReader(FileRules files, Block block) {
    this.files = files;
    this.block = block;
  }

  PlainBgpConfig read(Section at) {
    Optional<InetSocketAddress> listen = at.value(LISTEN);
    boolean anyInBlock = at.valueOrDefault(ENTITLE);
    Map<NodeName, Block> nodes = at.section(NODES).map(this::nodes).orElse(Map.of());
    List<PlainBgpConfig.Neighbor> neighbors = new ArrayList<>();
    Set<InetAddress> addresses = new HashSet<>();
    Set<HostAddress> identities = new HashSet<>();
    if (!at.has("neighbors")) {
      at.problem("neighbors", "is missing", "name a neighbour, or remove overlay.bgp");
    }
    for (Section section : at.sections(NEIGHBORS).orElse(List.of())) {
      Optional<PlainBgpConfig.Neighbor> neighbor = neighbor(section);
      if (neighbor.isEmpty()) {
        continue;
      }
      NetRules.oneSideOpens(
          section, neighbor.get().address(), neighbor.get().dial(), listen, "overlay.bgp.listen");
      if (!addresses.add(neighbor.get().address())) {
        section.problem("address", "is here twice", "keep one neighbour for each address");
      }
      if (!identities.add(neighbor.get().identity())) {
        section.problem("identity", "is here twice", "give each neighbour its own identity");
      }
      neighbors.add(neighbor.get());
    }
    at.atMost(NEIGHBORS, neighbors.size(), "let a reflector send the routes of the others");
    at.end();
    return new PlainBgpConfig(listen, neighbors, nodes, anyInBlock);
  }

  private Optional<PlainBgpConfig.Neighbor> neighbor(Section at) {
    Optional<NodeName> name = at.required(NAME);
    Optional<HostAddress> identity = at.required(IDENTITY, NodeReader.identityIn(block));
    Optional<InetAddress> address = at.required(ADDRESS);
    int port = at.valueOrDefault(PORT);
    Optional<PlainBgpConfig.Relation> relation = at.required(RELATION);
    Optional<Path> passwordFile = at.value(PASSWORD_FILE, files::password);
    boolean ttlSecurity = at.valueOrDefault(TTL_SECURITY);
    boolean dial = at.valueOrDefault(DIAL);
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

  private Map<NodeName, Block> nodes(Section at) {
    Map<NodeName, Block> nodes = new LinkedHashMap<>();
    ValueRule<NodeName> nameRule = ValueRules.nodeName("write the name of a node");
    for (Map.Entry<String, Yaml.Entry> entry : at.named(NODE).entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<NodeName> name = at.scalar(path, key, nameRule);
      Optional<Block> where = at.scalar(path, entry.getValue().value(), nodesIn(block));
      if (name.isPresent() && where.isPresent()) {
        nodes.put(name.get(), where.get());
      }
    }
    return nodes;
  }

  /** A host of the block, or a prefix inside it. */
  private static ValueRule<Block> nodesIn(Block block) {
    return ValueRules.checked(
        new Shape.Either(Shapes.ADDRESS, Shapes.PREFIX),
        text -> {
          if (text.indexOf('/') < 0) {
            HostAddress one = block.parseHost(text);
            return Block.of(one.bytes(), block.hostLength());
          }
          Block inner = Block.parse(text);
          if (inner.size() > block.size() || block.offsetOf(inner.network()) < 0) {
            throw new IllegalArgumentException(text + " is not inside " + block);
          }
          return inner;
        },
        "choose an address or a prefix inside " + block + " (overlay.block)");
  }

  private static boolean entitle(String text) throws BadValue {
    if (!text.equals(ANY_IN_BLOCK)) {
      throw new BadValue(
          "'" + text + "' is not a rule of entitlement",
          "write any-in-block, or remove the key and list services in trust.entitlements");
    }
    return true;
  }
}
