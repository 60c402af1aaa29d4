package io.landfall.config;

import io.landfall.core.Addresses;
import io.landfall.core.AnycastText;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import java.net.Inet4Address;
import java.net.Inet6Address;
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
  private static final ValueRule<Integer> HOPS = ValueRules.count(1, 254);

  private static final Keys KEYS = new Keys("ingress");
  private static final Keys UPSTREAM_KEYS = new Keys("ingress.upstreams[]");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(KEYS, UPSTREAM_KEYS);

  private static final Key<?> PREFIXES =
      KEYS.values("prefixes", Shapes.PREFIX)
          .required("[198.51.100.0/24]")
          .atMost(Bounds.PREFIXES)
          .is("Anycast prefixes, /8 or /16 (IPv6) and longer; none may overlap `overlay.block`.");
  private static final Key<Long> DRAIN_WAIT =
      KEYS.value("drain-wait", ValueRules.duration(0, 3_600_000))
          .otherwise(IngressConfig.DEFAULT_DRAIN_WAIT_MILLIS)
          .is("How long GRACEFUL_SHUTDOWN precedes the withdrawal.");
  private static final Key<Long> START_DELAY =
      KEYS.value("start-delay", ValueRules.duration(0, 600_000))
          .otherwise(IngressConfig.DEFAULT_START_DELAY_MILLIS)
          .is(
              "How long after its start the node announces nothing; a fixed time, in which its"
                  + " overlay learns where services are. For up to twice this time a request for a"
                  + " service that no site advertises yet waits instead of getting 503"
                  + " (docs/liveness.md); 0s: neither.");
  private static final Key<?> UPSTREAMS =
      KEYS.sections("upstreams")
          .required("[{address: 192.0.2.1, asn: 64500, local-asn: 64496}]")
          .atMost(Bounds.UPSTREAMS)
          .is("The routers to which the prefixes are announced.");

  private static final Key<InetAddress> ADDRESS =
      UPSTREAM_KEYS
          .value("address", NetRules.ADDRESS)
          .required("192.0.2.1")
          .is("The router's address.");
  private static final Key<Integer> PORT =
      UPSTREAM_KEYS
          .value("port", ValueRules.PORT)
          .otherwise(UpstreamConfig.DEFAULT_PORT)
          .is("Its BGP port.");
  private static final Key<Asn> ASN =
      UPSTREAM_KEYS.value("asn", NetRules.ASN).required("64500").is("Its AS number.");
  private static final Key<Asn> LOCAL_ASN =
      UPSTREAM_KEYS
          .value("local-asn", NetRules.ASN)
          .required("64496")
          .is("Our AS number towards it, another one than `asn`.");
  private static final Key<InetAddress> LOCAL_ADDRESS =
      UPSTREAM_KEYS
          .value("local-address", NetRules.ADDRESS)
          .otherwiseAs("the kernel's choice")
          .is("The address to connect from.");
  private static final Key<?> PASSWORD_FILE =
      UPSTREAM_KEYS.value("password-file", Shapes.FILE).is(FileRules.PASSWORD_SENTENCE);
  private static final Key<OptionalInt> TTL_SECURITY =
      UPSTREAM_KEYS
          .value(
              "ttl-security",
              ValueRule.of(new Shape.Either(new Shape.Flag(), HOPS.shape()), IngressReader::hops))
          .otherwise(OptionalInt.empty(), "false")
          .is(
              "GTSM (RFC 5082): `true` for a direct neighbour, or how many hops away the router may"
                  + " be.");
  private static final Key<Integer> COMMUNITIES =
      UPSTREAM_KEYS
          .values(
              "communities",
              ValueRule.of(
                  new Shape.Text("community", "^([0-9]{1,5}:[0-9]{1,5}|no-[a-z]+(-subconfed)?)$"),
                  Communities::standard))
          .atMost(UpstreamConfig.MAX_COMMUNITIES)
          .is(
              "Such as `[\"64500:120\", no-export]`; names are `no-export`, `no-advertise`,"
                  + " `no-export-subconfed`, `no-peer`.");
  private static final Key<UpstreamConfig.LargeValue> LARGE_COMMUNITIES =
      UPSTREAM_KEYS
          .values(
              "large-communities",
              ValueRule.of(
                  new Shape.Text("large community", "^[0-9]+:[0-9]+:[0-9]+$"), Communities::large))
          .atMost(UpstreamConfig.MAX_COMMUNITIES)
          .is("Such as `[\"64500:1:20\"]` (RFC 8092).");
  private static final Key<Long> MED =
      UPSTREAM_KEYS.value("med", ValueRules.number(0, MAX_MED)).is("MULTI_EXIT_DISC.");
  private static final Key<Integer> PREPEND =
      UPSTREAM_KEYS
          .value("prepend", ValueRules.count(0, UpstreamConfig.MAX_PREPEND))
          .otherwise(0)
          .is("How many extra times our AS number is in front of the path.");
  private static final Key<Boolean> BFD =
      UPSTREAM_KEYS
          .value("bfd", ValueRules.FLAG)
          .otherwise(false)
          .is(
              "BFD over one hop at 200ms x 3; a link that dies ends the session at once"
                  + " (docs/liveness.md).");
  private static final Key<UpstreamConfig.Role> ROLE =
      UPSTREAM_KEYS
          .value(
              "role",
              ValueRule.of(
                  Shape.Choice.of(
                      UpstreamConfig.Role.CUSTOMER,
                      UpstreamConfig.Role.PEER,
                      UpstreamConfig.Role.RS_CLIENT),
                  IngressReader::role))
          .is(
              "Ours (RFC 9234): `customer` of a provider, `peer`, or `rs-client` of a route server."
                  + " `provider` and `rs` are refused: they promise transit. Towards a peer the"
                  + " session adds OTC with our AS number.");
  private static final Key<Boolean> ROLE_STRICT =
      UPSTREAM_KEYS
          .value("role-strict", ValueRules.FLAG)
          .otherwise(false)
          .is("Whether a router that names no role is refused (NOTIFICATION 2/11).");
  private static final Key<InetAddress> NEXT_HOP =
      UPSTREAM_KEYS
          .values("next-hop", NetRules.ADDRESS)
          .atMost(2)
          .is(
              "Next hops to name instead of our address on the session, at most one of each address"
                  + " family. Prefixes of the family that the session is not of are announced here"
                  + " only with one, such as `[\"2001:db8::2\"]`.");

  private final FileRules files;
  private final Optional<Block> block;

  IngressReader(FileRules files, Optional<Block> block) {
    this.files = files;
    this.block = block;
  }

  Optional<IngressConfig> read(Section at) {
    List<PrefixConfig> prefixes = prefixes(at);
    long drainWaitMillis = at.valueOrDefault(DRAIN_WAIT);
    long startDelayMillis = at.valueOrDefault(START_DELAY);
    List<UpstreamConfig> upstreams = upstreams(at);
    at.end();
    NextHopChecks.check(at, prefixes, upstreams);
    return Optional.of(new IngressConfig(prefixes, drainWaitMillis, startDelayMillis, upstreams));
  }

  private List<PrefixConfig> prefixes(Section at) {
    String example = "[198.51.100.0/24]";
    List<PrefixConfig> prefixes = new ArrayList<>();
    Optional<List<Section.Item>> items = at.items(PREFIXES);
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
    at.atMost(PREFIXES, prefixes.size(), "announce one prefix that covers several");
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
      // The reading that plane one makes its value of, so that no other one passes here.
      ValueRules.checked(
              Shapes.PREFIX,
              (String word) -> AnycastText.network(word, block.get()),
              "write a prefix that routers on the Internet take, such as 198.51.100.0/24")
          .read(text);
    }
    return prefix;
  }

  private List<UpstreamConfig> upstreams(Section at) {
    Optional<List<Section>> sections = at.sections(UPSTREAMS);
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
    // A router is known by its address; it has one session.
    Map<InetAddress, Integer> lines = new LinkedHashMap<>();
    for (Section section : sections.orElse(List.of())) {
      Optional<UpstreamConfig> upstream = upstream(section);
      if (upstream.isEmpty()) {
        continue;
      }
      InetAddress router = upstream.get().tcp().address();
      Integer first = lines.putIfAbsent(router, section.line("address"));
      if (first != null) {
        section.problem(
            "address",
            Addresses.format(router.getAddress()) + " is here twice, first on line " + first,
            "keep one of the two");
      }
      upstreams.add(upstream.get());
    }
    at.atMost(
        UPSTREAMS,
        upstreams.size(),
        "let a route server pass the prefixes on, or spread the routers over more nodes");
    return upstreams;
  }

  private Optional<UpstreamConfig> upstream(Section at) {
    Optional<InetAddress> address = at.required(ADDRESS);
    int port = at.valueOrDefault(PORT);
    Optional<Asn> asn = at.required(ASN);
    Optional<Asn> localAsn = at.required(LOCAL_ASN);
    Optional<InetAddress> localAddress = at.value(LOCAL_ADDRESS);
    Optional<Path> passwordFile = at.value(PASSWORD_FILE, files::password);
    OptionalInt hops = at.valueOrDefault(TTL_SECURITY);
    List<Integer> communities = communities(at, COMMUNITIES);
    List<UpstreamConfig.LargeValue> large = communities(at, LARGE_COMMUNITIES);
    Optional<Long> med = at.value(MED);
    int prepend = at.valueOrDefault(PREPEND);
    boolean bfd = at.valueOrDefault(BFD);
    Optional<UpstreamConfig.Role> role = at.value(ROLE);
    boolean roleStrict = at.valueOrDefault(ROLE_STRICT);
    List<InetAddress> nextHops = nextHops(at, address);
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
            new UpstreamConfig.Tcp(address.get(), port, localAddress, passwordFile, hops),
            asn.get(),
            localAsn.get(),
            new UpstreamConfig.Attributes(
                communities,
                large,
                med.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                prepend),
            bfd,
            new UpstreamConfig.Roles(role, roleStrict),
            nextHops));
  }

  private static List<InetAddress> nextHops(Section at, Optional<InetAddress> router) {
    List<InetAddress> list = at.values(NEXT_HOP).orElse(List.of());
    at.atMost(NEXT_HOP, list.size(), "name one of each address family");
    if (list.stream().map(InetAddress::getClass).distinct().count() != list.size()) {
      at.problem(
          "next-hop", "has two addresses of one family", "name at most one of each address family");
      return List.of();
    }
    for (InetAddress nextHop : list) {
      if (!isUnicast(nextHop)) {
        at.problem(
            "next-hop",
            nextHop.getHostAddress() + " is no address that a packet can be sent on to",
            "name an address of this machine that the router reaches");
      } else if (router.filter(nextHop::equals).isPresent()) {
        // RFC 4271 section 5.1.3.
        at.problem(
            "next-hop",
            nextHop.getHostAddress() + " is the router's own address",
            "name an address of this machine that the router reaches");
      }
    }
    return list;
  }

  /** A host's address (RFC 4271 section 6.3), of IPv6 a global one (RFC 2545 section 3). */
  private static boolean isUnicast(InetAddress address) {
    boolean isClassE = address instanceof Inet4Address && (address.getAddress()[0] & 0xf0) == 0xf0;
    boolean isLinkLocal = address instanceof Inet6Address && address.isLinkLocalAddress();
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !isClassE
        && !isLinkLocal;
  }

  private static <T> List<T> communities(Section at, Key<T> key) {
    List<T> list = at.values(key).orElse(List.of());
    at.atMost(key, list.size(), "keep those that the upstream documents");
    return list.size() > key.most() ? List.of() : list;
  }

  /**
   * A role that a site can have: it originates its own prefixes and passes nothing on, so it is no
   * provider, and no route server.
   */
  private static UpstreamConfig.Role role(String text) throws BadValue {
    UpstreamConfig.Role role = ValueRules.oneOf(UpstreamConfig.Role.class).read(text);
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
          yield OptionalInt.of(HOPS.read(text));
        } catch (BadValue e) {
          throw new BadValue(
              "'" + text + "' is neither true, false nor a number of hops from 1 to 254",
              "write true for a direct neighbour");
        }
      }
    };
  }
}
