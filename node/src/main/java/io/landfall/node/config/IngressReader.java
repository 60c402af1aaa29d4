package io.landfall.node.config;

import io.landfall.bgp.LargeCommunity;
import io.landfall.core.Block;
import io.landfall.ingress.AnycastPrefix;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads {@code ingress}; the place where a prefix that touches the overlay's block is refused. */
final class IngressReader {
  private static final long MAX_MED = 0xffff_ffffL;

  private final FileRules files;
  private final Optional<Block> block;

  IngressReader(FileRules files, Optional<Block> block) {
    this.files = files;
    this.block = block;
  }

  Optional<IngressConfig> read(Section at) {
    List<PrefixConfig> prefixes = prefixes(at);
    long drainWaitMillis =
        at.value(
            "drain-wait", Rules.duration(0, 3_600_000), IngressConfig.DEFAULT_DRAIN_WAIT_MILLIS);
    long startDelayMillis =
        at.value(
            "start-delay", Rules.duration(0, 600_000), IngressConfig.DEFAULT_START_DELAY_MILLIS);
    List<UpstreamConfig> upstreams = upstreams(at);
    at.end();
    return Optional.of(new IngressConfig(prefixes, drainWaitMillis, startDelayMillis, upstreams));
  }

  private List<PrefixConfig> prefixes(Section at) {
    String example = "[198.51.100.0/24]";
    List<PrefixConfig> prefixes = new ArrayList<>();
    Optional<List<Section.Item>> items = at.items("prefixes");
    if (items.isEmpty() && !at.has("prefixes")) {
      at.problem("prefixes", "is missing", "add 'prefixes: " + example + "', or remove ingress");
    }
    if (items.isPresent() && items.get().isEmpty()) {
      at.problem(
          "prefixes",
          "is empty: it selects nothing to announce",
          "name a prefix such as " + example + ", or remove ingress");
    }
    Map<PrefixConfig, Integer> lines = new LinkedHashMap<>();
    for (Section.Item item : items.orElse(List.of())) {
      Optional<PrefixConfig> prefix = at.scalar(item.path(), item.yaml(), this::announceable);
      if (prefix.isEmpty()) {
        continue;
      }
      Integer first = lines.putIfAbsent(prefix.get(), item.yaml().line());
      if (first != null) {
        at.problems()
            .add(
                item.yaml().line(),
                item.path(),
                prefix.get() + " is here twice, first on line " + first,
                "keep one of the two");
      }
      prefixes.add(prefix.get());
    }
    at.atMost(
        "prefixes",
        io.landfall.ingress.IngressConfig.MAX_PREFIXES,
        prefixes.size(),
        "announce one prefix that covers several");
    return prefixes;
  }

  private PrefixConfig announceable(String text) throws BadValue {
    PrefixConfig prefix = NetRules.prefix(text);
    if (block.isPresent() && block.get().overlaps(prefix.network().getAddress(), prefix.length())) {
      throw new BadValue(
          prefix
              + " overlaps the overlay's block "
              + block.get()
              + ", which never leaves the overlay",
          "announce a prefix outside the block, or move overlay.block");
    }
    if (block.isPresent()) {
      // What is announced is read by plane one's own rules, so that no other reading passes here.
      AnycastPrefix own =
          Rules.checked(
                  (String word) -> AnycastPrefix.parse(word, block.get()),
                  "write a prefix that routers on the Internet take, such as 198.51.100.0/24")
              .read(text);
      return new PrefixConfig(prefix.network(), own.lengthBits());
    }
    return prefix;
  }

  private List<UpstreamConfig> upstreams(Section at) {
    Optional<List<Section>> sections = at.sections("upstreams");
    if (sections.isEmpty() && !at.has("upstreams")) {
      at.problem(
          "upstreams",
          "is missing",
          "add 'upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496}]', or remove"
              + " ingress");
    }
    if (sections.isPresent() && sections.get().isEmpty()) {
      at.problem(
          "upstreams",
          "is empty: the prefixes would be announced to no router",
          "name a router such as {address: 192.0.2.1, asn: 64500, local-asn: 64496}, or remove"
              + " ingress");
    }
    List<UpstreamConfig> upstreams = new ArrayList<>();
    Map<HostPort, Integer> lines = new LinkedHashMap<>();
    for (Section section : sections.orElse(List.of())) {
      Optional<UpstreamConfig> upstream = upstream(section);
      if (upstream.isEmpty()) {
        continue;
      }
      HostPort router =
          new HostPort(upstream.get().address().getHostAddress(), upstream.get().port());
      Integer first = lines.putIfAbsent(router, section.line("address"));
      if (first != null) {
        section.problem(
            "address", router + " is here twice, first on line " + first, "keep one of the two");
      }
      upstreams.add(upstream.get());
    }
    at.atMost(
        "upstreams",
        io.landfall.ingress.IngressConfig.MAX_UPSTREAMS,
        upstreams.size(),
        "let a route server pass the prefixes on, or spread the routers over more nodes");
    return upstreams;
  }

  private Optional<UpstreamConfig> upstream(Section at) {
    Optional<InetAddress> address = at.required("address", NetRules::address, "192.0.2.1");
    int port = at.value("port", Rules.count(1, 65_535), UpstreamConfig.DEFAULT_PORT);
    Optional<Long> asn = at.required("asn", NetRules::asn, "64500");
    Optional<Long> localAsn = at.required("local-asn", NetRules::asn, "64496");
    Optional<InetAddress> localAddress = at.value("local-address", NetRules::address);
    Optional<Path> passwordFile = at.value("password-file", files::password);
    OptionalInt hops = at.value("ttl-security", IngressReader::hops, OptionalInt.empty());
    List<Integer> communities = communities(at, "communities", Communities::standard);
    List<LargeCommunity> large = communities(at, "large-communities", Communities::large);
    Optional<Long> med = at.value("med", Rules.number(0, MAX_MED));
    int prepend = at.value("prepend", Rules.count(0, UpstreamConfig.MAX_PREPEND), 0);
    boolean bfd = at.value("bfd", Rules::flag, false);
    Optional<UpstreamConfig.Role> role = at.value("role", IngressReader::role);
    boolean roleStrict = at.value("role-strict", Rules::flag, false);
    at.end();
    if (roleStrict && !at.has("role")) {
      at.problem(
          "role-strict", "demands a role of the router but names none", "add 'role: customer'");
    }
    if (asn.isPresent() && asn.equals(localAsn)) {
      at.problem(
          "local-asn",
          asn.get() + " is also the router's AS number: plane one speaks eBGP only",
          "give this site an AS number of its own");
    }
    if (address.isPresent()
        && localAddress.isPresent()
        && address.get().getAddress().length != localAddress.get().getAddress().length) {
      at.problem(
          "local-address",
          "is not of the same family as the router's address",
          "write an address of the same family, or remove the key");
    }
    if (address.isEmpty() || asn.isEmpty() || localAsn.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new UpstreamConfig(
            address.get(),
            port,
            asn.get(),
            localAsn.get(),
            localAddress,
            passwordFile,
            hops,
            communities,
            large,
            med.map(OptionalLong::of).orElseGet(OptionalLong::empty),
            prepend,
            bfd,
            role,
            roleStrict));
  }

  private static <T> List<T> communities(Section at, String key, Rule<T> rule) {
    List<T> list = at.values(key, rule).orElse(List.of());
    at.atMost(
        key, UpstreamConfig.MAX_COMMUNITIES, list.size(), "keep those that the upstream documents");
    return list.size() > UpstreamConfig.MAX_COMMUNITIES ? List.of() : list;
  }

  /**
   * A role that a site can have: it originates its own prefixes and passes nothing on, so it is
   * nobody's provider, and no route server.
   */
  private static UpstreamConfig.Role role(String text) throws BadValue {
    UpstreamConfig.Role role = Rules.oneOf(UpstreamConfig.Role.class).read(text);
    if (role == UpstreamConfig.Role.PROVIDER || role == UpstreamConfig.Role.RS) {
      throw new BadValue(
          "'"
              + text
              + "' would promise transit, and plane one imports nothing that it could pass on"
              + " (RFC 9234)",
          "write what this site is to the router: customer, peer or rs-client");
    }
    return role;
  }

  private static OptionalInt hops(String text) throws BadValue {
    return switch (text) {
      case "true" -> OptionalInt.of(1);
      case "false" -> OptionalInt.empty();
      default -> {
        try {
          yield OptionalInt.of(Rules.count(1, 254).read(text));
        } catch (BadValue e) {
          throw new BadValue(
              "'" + text + "' is neither true, false nor a number of hops from 1 to 254",
              "write true for a direct neighbour");
        }
      }
    };
  }
}
