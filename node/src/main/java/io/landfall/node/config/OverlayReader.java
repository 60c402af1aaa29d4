package io.landfall.node.config;

import io.landfall.control.CandidateTable;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code overlay}. */
final class OverlayReader {
  private static final String BLOCK = "10.32.0.0/23";
  private static final long MAX_COST = 0xffff_ffffL;

  private OverlayReader() {}

  static Optional<OverlayConfig> read(Section at, FileRules files) {
    Optional<Block> block = at.required("block", blockRule(), BLOCK);
    long asn = at.value("asn", NetRules::asn, OverlayConfig.DEFAULT_ASN);
    Optional<InetSocketAddress> listen =
        at.required("listen", NetRules::listen, "\"203.0.113.10:8443\"");
    List<HostPort> candidates = at.values("candidates", NetRules::candidate).orElse(List.of());
    at.atMost(
        "candidates",
        CandidateTable.MAX_CANDIDATES,
        candidates.size(),
        "name a few nodes or the reflectors; the others are learned from them");
    long holdTimeMillis =
        at.value("hold-time", OverlayReader::holdTime, OverlayConfig.DEFAULT_HOLD_TIME_MILLIS);
    boolean reflector = at.value("reflector", Rules::flag, false);
    List<NodeName> reflectors = reflectors(at);
    Optional<InetSocketAddress> advertise = at.value("advertise", OverlayReader::advertise);
    Map<NodeName, Long> costs = at.section("costs").map(OverlayReader::costs).orElse(Map.of());
    PlainBgpConfig bgp = PlainBgpConfig.NONE;
    Optional<Section> bgpSection = at.section("bgp");
    if (bgpSection.isPresent() && block.isPresent()) {
      bgp = new PlainBgpReader(files, block.get()).read(bgpSection.get());
    }
    BfdSettings bfd = at.section("bfd").map(BfdReader::read).orElse(BfdSettings.DEFAULT);
    at.end();
    if (block.isEmpty() || listen.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OverlayConfig(
            block.get(),
            asn,
            listen.get(),
            candidates,
            holdTimeMillis,
            reflector,
            reflectors,
            advertise,
            costs,
            bgp,
            bfd));
  }

  private static List<NodeName> reflectors(Section at) {
    List<NodeName> names =
        at.values("reflectors", Rules.checked(NodeName::new, "write the name of a node"))
            .orElse(List.of());
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
    if (at.raw("block").orElse(null) instanceof Yaml.Text text) {
      try {
        return Optional.of(blockRule().read(text.text()));
      } catch (BadValue alreadyReported) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Rule<Block> blockRule() {
    return Rules.checked(Block::parse, "write a prefix such as " + BLOCK);
  }

  static long holdTime(String text) throws BadValue {
    long millis = Rules.duration(3_000, 65_535_000).read(text);
    if (millis % 1_000 != 0) {
      throw new BadValue(
          text + " is no whole number of seconds, as BGP counts it (RFC 4271 section 4.2)",
          "write it in seconds, such as 9s");
    }
    return millis;
  }

  private static Map<NodeName, Long> costs(Section at) {
    Map<NodeName, Long> costs = new LinkedHashMap<>();
    Rule<NodeName> nameRule = Rules.checked(NodeName::new, "write the name of a node");
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<NodeName> name = at.scalar(path, key, nameRule);
      Optional<Long> cost = at.scalar(path, entry.getValue().value(), Rules.number(0, MAX_COST));
      if (name.isPresent() && cost.isPresent()) {
        costs.put(name.get(), cost.get());
      }
    }
    return costs;
  }
}
