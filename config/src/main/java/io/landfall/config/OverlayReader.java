package io.landfall.config;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code overlay}. */
final class OverlayReader {
  private static final String EXAMPLE = "10.32.0.0/23";
  private static final long MAX_COST = 0xffff_ffffL;

  /** BGP counts its hold time in seconds, in two bytes (RFC 4271 section 4.2). */
  static final ValueRule<Long> HOLD_TIME =
      ValueRule.of(new Shape.Duration(3_000, 65_535_000), OverlayReader::holdTime);

  private static final Keys KEYS = new Keys("overlay");
  private static final Keys COST_KEYS = new Keys("overlay.costs");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(KEYS, COST_KEYS);

  private static final Key<Block> BLOCK =
      KEYS.value(
              "block",
              ValueRules.checked(Shapes.PREFIX, Block::parse, "write a prefix such as " + EXAMPLE))
          .required(EXAMPLE)
          .is(
              "The one prefix in which every overlay route lies: IPv4 up to a /8, or IPv6 up to a"
                  + " /104 such as `\"fd00:32::/112\"`.");
  private static final Key<Asn> ASN =
      KEYS.value("asn", NetRules.ASN)
          .otherwise(OverlayConfig.DEFAULT_ASN)
          .is("The overlay's AS number.");

  /** The TLS port. */
  static final Key<InetSocketAddress> LISTEN =
      KEYS.value("listen", NetRules.LISTEN)
          .required("\"203.0.113.10:8443\"")
          .is("Address and port of the one TLS port.");

  private static final Key<HostPort> CANDIDATES =
      KEYS.values("candidates", NetRules.CANDIDATE)
          .otherwiseAs("`[]`")
          .atMost(Bounds.CANDIDATES)
          .is(
              "Where other nodes might be; they have no rights. Of a name each address is dialled.");
  private static final Key<Boolean> LEARN_CANDIDATES =
      KEYS.value("learn-candidates", ValueRules.FLAG)
          .otherwise(true)
          .is(
              "Whether this node also tries where its peers in a full mesh have found nodes, and"
                  + " names to them where it has. Such a place gets a TLS handshake now and then,"
                  + " and no rights (docs/protocol.md).");
  private static final Key<Long> HOLD =
      KEYS.value("hold-time", HOLD_TIME)
          .otherwise(OverlayConfig.DEFAULT_HOLD_TIME_MILLIS)
          .is("BGP hold time in whole seconds.");
  private static final Key<Boolean> REFLECTOR =
      KEYS.value("reflector", ValueRules.FLAG)
          .otherwise(false)
          .is(
              "Whether this node reflects routes: every node that connects is its client, but for"
                  + " those in `overlay.reflectors` (docs/operating-reflectors.md).");

  /** The reflectors. */
  static final Key<NodeName> REFLECTORS =
      KEYS.values("reflectors", ValueRules.nodeName("write the name of a node"))
          .otherwiseAs("`[]`")
          .is(
              "Names of the nodes that may send this one the routes of others; on a reflector, its"
                  + " fellow reflectors.");

  private static final Key<InetSocketAddress> ADVERTISE =
      KEYS.value("advertise", ValueRule.of(Shapes.ADDRESS_PORT, OverlayReader::advertise))
          .otherwiseAs("`overlay.listen`; nothing for a wildcard")
          .is("Where other nodes reach `overlay.listen`, when that is a wildcard or behind NAT.");

  /** The costs. */
  static final Key<?> COSTS = KEYS.section("costs").is("What it costs to reach other nodes.");

  private static final Key<Long> COST =
      COST_KEYS
          .value("NODE", ValueRules.number(0, MAX_COST))
          .forNames(Shapes.LABEL)
          .otherwise(OverlayConfig.DEFAULT_COST)
          .is("Cost of reaching a node.");
  private static final Key<Integer> MAX_PATHS =
      KEYS.value("max-paths", ValueRules.count(1, Bounds.OVERLAY_PATHS))
          .otherwise(OverlayConfig.Table.DEFAULT.maxPaths())
          .is(
              "How many paths of one peer are kept; the excess is dropped and counted, and four"
                  + " times as many end its session.");

  /** Whether the identity is originated. */
  static final Key<Boolean> OWN_IDENTITY =
      KEYS.value("own-identity", ValueRules.FLAG)
          .otherwise(OverlayConfig.Table.DEFAULT.ownIdentity())
          .is(
              "Whether this node originates the host route of its identity; `false` only where no"
                  + " request comes or goes: no `edge`, no `services`, no `overlay.candidates`.");

  private static final Key<?> BFD =
      KEYS.section("bfd").is("BFD with other nodes (docs/liveness.md).");

  /** Neighbours over plain TCP. */
  static final Key<?> BGP =
      KEYS.section("bgp")
          .is(
              "Neighbours over plain TCP, for instance a stock route reflector"
                  + " (docs/operating-reflectors.md); leave it out for none.");

  private OverlayReader() {}

  static Optional<OverlayConfig> read(Section at, FileRules files) {
    Optional<Block> block = at.required(BLOCK);
    Asn asn = at.valueOrDefault(ASN);
    Optional<InetSocketAddress> listen = at.required(LISTEN);
    List<HostPort> candidates = at.values(CANDIDATES).orElse(List.of());
    at.atMost(
        CANDIDATES,
        candidates.size(),
        "name a few nodes or the reflectors; the others are learned from them");
    boolean learnCandidates = at.valueOrDefault(LEARN_CANDIDATES);
    long holdTimeMillis = at.valueOrDefault(HOLD);
    boolean reflector = at.valueOrDefault(REFLECTOR);
    List<NodeName> reflectors = reflectors(at);
    Optional<InetSocketAddress> advertise = at.value(ADVERTISE);
    Map<NodeName, Long> costs = at.section(COSTS).map(OverlayReader::costs).orElse(Map.of());
    PlainBgpConfig bgp = PlainBgpConfig.NONE;
    Optional<Section> bgpSection = at.section(BGP);
    if (bgpSection.isPresent() && block.isPresent()) {
      bgp = new PlainBgpReader(files, block.get()).read(bgpSection.get());
    }
    BfdSettings bfd = at.section(BFD).map(BfdReader::read).orElse(BfdSettings.DEFAULT);
    OverlayConfig.Table table =
        new OverlayConfig.Table(at.valueOrDefault(MAX_PATHS), at.valueOrDefault(OWN_IDENTITY));
    if (!table.ownIdentity() && !candidates.isEmpty()) {
      at.problem(
          "own-identity",
          "the nodes of overlay.candidates find each other by the routes of their identities",
          "remove the key, or the candidates");
    }
    at.end();
    if (block.isEmpty() || listen.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OverlayConfig(
            block.get(),
            asn,
            new OverlayConfig.Reach(listen.get(), advertise, candidates, learnCandidates, costs),
            holdTimeMillis,
            new OverlayConfig.Reflection(reflector, reflectors),
            bgp,
            bfd,
            table));
  }

  private static List<NodeName> reflectors(Section at) {
    List<NodeName> names = at.values(REFLECTORS).orElse(List.of());
    if (names.stream().distinct().count() != names.size()) {
      at.problem("reflectors", "has a name twice", "name each reflector once");
    }
    return names;
  }

  private static InetSocketAddress advertise(String text) throws BadValue {
    InetSocketAddress at = NetRules.listen(text);
    if (at.getAddress().isAnyLocalAddress() || at.getAddress().isMulticastAddress()) {
      throw new BadValue(
          text + " is not a host's address", "write where other nodes reach overlay.listen");
    }
    return at;
  }

  /** The block, when the rest of the section has problems; reports nothing again. */
  static Optional<Block> blockAlone(Section at) {
    if (at.raw(BLOCK).orElse(null) instanceof Yaml.Text text) {
      try {
        return Optional.of(BLOCK.rule().read(text.text()));
      } catch (BadValue alreadyReported) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static long holdTime(String text) throws BadValue {
    long millis = ValueRules.duration(3_000, 65_535_000).read(text);
    if (millis % 1_000 != 0) {
      throw new BadValue(
          text + " is no whole number of seconds, as BGP counts it (RFC 4271 section 4.2)",
          "write it in seconds, such as 9s");
    }
    return millis;
  }

  private static Map<NodeName, Long> costs(Section at) {
    Map<NodeName, Long> costs = new LinkedHashMap<>();
    ValueRule<NodeName> nameRule = ValueRules.nodeName("write the name of a node");
    for (Map.Entry<String, Yaml.Entry> entry : at.named(COST).entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<NodeName> name = at.scalar(path, key, nameRule);
      Optional<Long> cost = at.scalar(path, entry.getValue().value(), COST.rule());
      if (name.isPresent() && cost.isPresent()) {
        costs.put(name.get(), cost.get());
      }
    }
    return costs;
  }
}
