package io.landfall.config;

import io.landfall.core.ServiceName;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code edge}. */
final class EdgeReader {
  private static final String EXAMPLE = "[{address: \"198.51.100.1:80\"}]";

  /** Fewer largest heads than this at once, and a handful of clients could crowd out all others. */
  private static final long MIN_HEADS_IN_MEMORY = 16;

  private static final Keys KEYS = new Keys("edge");
  private static final Keys LISTEN_KEYS = new Keys("edge.listen[]");
  private static final Keys LIMIT_KEYS = new Keys("edge.limits");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS =
      List.of(
          KEYS,
          LISTEN_KEYS,
          ListenTlsReader.KEYS,
          ListenTlsReader.PAIR_KEYS,
          ListenTlsReader.TICKET_KEYS,
          AcmeReader.KEYS,
          AcmeReader.EXTERNAL_KEYS,
          LIMIT_KEYS);

  /** The listeners. */
  static final Key<?> LISTEN =
      KEYS.sections("listen").required(EXAMPLE).is("The listeners for clients, one at least.");

  private static final Key<InetSocketAddress> ADDRESS =
      LISTEN_KEYS
          .value("address", NetRules.LISTEN)
          .required("\"198.51.100.1:443\"")
          .is("Address and port for clients.");
  private static final Key<?> TLS =
      LISTEN_KEYS
          .sectionOrSections("tls")
          .otherwiseAs("plain HTTP")
          .is("A certificate with its key, or several chosen by SNI (docs/tls.md).");

  private static final Key<PrefixConfig> PROXY_PROTOCOL =
      LISTEN_KEYS
          .values("proxy-protocol", NetRules.CLIENTS)
          .otherwiseAs("none")
          .atMost(Bounds.PROXY_SOURCES)
          .is(
              "Prefixes of sources, such as a balancer in front, whose connections have to begin with"
                  + " a header of the PROXY protocol, version 1 or 2, in front of TLS too; its"
                  + " client is the client of the connection everywhere. Of any other source none"
                  + " is looked for ([edge.md](edge.md#the-proxy-protocol)).");

  /** The service of a listener. */
  static final Key<ServiceName> SERVICE =
      LISTEN_KEYS
          .value("service", ValueRules.checked(Shapes.LABEL, ServiceName::new, "write it as db"))
          .otherwiseAs("HTTP")
          .is(
              "The TCP service to which every connection belongs: one under `services` with `tcp`."
                  + " Not with `tls`, which is its backend's.");

  private static final Key<?> LIMITS =
      KEYS.section("limits").is("What a client may ask of this node.");
  private static final Key<PrefixConfig> TRUSTED_PROXIES =
      KEYS.values("trusted-proxies", NetRules.CLIENTS)
          .otherwiseAs("none")
          .atMost(Bounds.TRUSTED_PROXIES)
          .is(
              "Prefixes of proxies in front of this node, whose Forwarded, X-Forwarded-For and the"
                  + " like are passed on, with this node's own behind; of all other clients they are"
                  + " dropped.");
  private static final Key<EdgeConfig.TlsHosts> TLS_HOSTS =
      KEYS.value("tls-hosts", ValueRules.oneOf(EdgeConfig.TlsHosts.class))
          .otherwise(EdgeConfig.TlsHosts.CERTIFIED)
          .is(
              "Over TLS, `certified` refuses a request (421) for a host that the certificate shown"
                  + " on its connection, chosen by SNI, does not cover by name, wildcard or address;"
                  + " `any` takes it. Browsers share connections within one certificate only; what"
                  + " connects by address without checking names, a probe or a balancer in front,"
                  + " may need `any`.");
  private static final Key<EdgeConfig.LookalikeFields> LOOKALIKE_FIELDS =
      KEYS.value("lookalike-fields", ValueRules.oneOf(EdgeConfig.LookalikeFields.class))
          .otherwise(EdgeConfig.LookalikeFields.DROP)
          .is(
              "Fields of requests with an underscore or a dot that a backend which knows fields as"
                  + " variables (CGI, WSGI, PHP) takes for one that this node drops or writes anew,"
                  + " `X_Forwarded_For` or `Content.Length`: `drop` or `pass`. Other names with"
                  + " these always pass.");
  private static final Key<EdgeConfig.Http2> HTTP2 =
      KEYS.value("http2", ValueRules.oneOf(EdgeConfig.Http2.class))
          .otherwise(EdgeConfig.Http2.ALL)
          .is(
              "Which listeners take HTTP/2 besides HTTP/1.1: `tls` those with TLS, by ALPN; `all`"
                  + " the others too, from clients that know beforehand (`curl"
                  + " --http2-prior-knowledge`, a balancer in front; `Upgrade: h2c` is not"
                  + " answered); `off` none.");
  private static final Key<?> ACME =
      KEYS.section("acme")
          .otherwiseAs("none")
          .is(
              "A CA that certificates of listeners are ordered from (RFC 8555;"
                  + " [certificates.md](certificates.md)).");
  private static final ValueRule<Long> WAIT = ValueRules.duration(10, 3_600_000);
  private static final Key<Long> HEADER_TIMEOUT =
      LIMIT_KEYS
          .value("header-timeout", WAIT)
          .otherwise(EdgeConfig.Limits.DEFAULT.headerTimeoutMillis())
          .is("First byte to end of a request's head.");
  private static final Key<Long> IDLE_TIMEOUT =
      LIMIT_KEYS
          .value("idle-timeout", WAIT)
          .otherwise(EdgeConfig.Limits.DEFAULT.idleTimeoutMillis())
          .is("Silence of a kept-alive connection.");
  private static final Key<Integer> MAX_CONNECTIONS =
      LIMIT_KEYS
          .value("max-connections", ValueRules.count(1, 10_000_000))
          .otherwise(EdgeConfig.Limits.DEFAULT.atOnce().maxConnections())
          .is(
              "Client connections at once; beyond it the oldest one that has sent no request goes"
                  + " for a new one.");
  private static final Key<Integer> MAX_PER_CLIENT =
      LIMIT_KEYS
          .value("max-connections-per-client", ValueRules.count(1, 10_000_000))
          .otherwiseAs("no limit")
          .is(
              "Those of one address (a /64 of IPv6); one more is closed when it comes. Addresses in"
                  + " `trusted-proxies` are not held to it.");
  private static final Key<Integer> MAX_STREAMS =
      LIMIT_KEYS
          .value("max-streams", ValueRules.count(1, 1_000))
          .otherwise(EdgeConfig.Limits.DEFAULT.atOnce().maxStreams())
          .is(
              "Requests at once on one connection of HTTP/2; fewer while `input-memory` is nearly"
                  + " used up.");
  private static final Key<Integer> MAX_TUNNELS =
      LIMIT_KEYS
          .value("max-tunnels", ValueRules.count(1, 10_000_000))
          .otherwise(EdgeConfig.Limits.DEFAULT.atOnce().tunnels().most())
          .is(
              "Requests at once that have switched protocols (WebSocket), or ask for it; beyond it"
                  + " 503. Three quarters of `max-connections` at most. To allow none, see"
                  + " `services.NAME.upgrades`.");
  private static final Key<Long> MAX_HEADER =
      LIMIT_KEYS
          .value("max-header", ValueRules.size(1 << 10, 1 << 20))
          .otherwise((long) EdgeConfig.Limits.DEFAULT.maxHeaderBytes())
          .is("A request's whole head.");
  private static final Key<Long> INPUT_MEMORY =
      LIMIT_KEYS
          .value("input-memory", ValueRules.size(1 << 20, 64L << 30))
          .otherwise(EdgeConfig.Limits.DEFAULT.inputMemoryBytes())
          .is(
              "What all clients together may make the node hold of unfinished heads, of requests"
                  + " pipelined behind another, of body that its backend does not take and of heads"
                  + " over 4 KiB in progress; at least "
                  + MIN_HEADS_IN_MEMORY
                  + " heads of `max-header`. More than a quarter of the process's heap or of its"
                  + " memory for buffers is cut down to that at start, and logged. Each event loop"
                  + " has its share (two heads at least). When it is used up the oldest unfinished"
                  + " head is answered 408 and closed, then the oldest of the others: never the"
                  + " newest.");
  private static final Key<Long> CONNECT_TIMEOUT =
      LIMIT_KEYS
          .value("connect-timeout", WAIT)
          .otherwise(EdgeConfig.Limits.DEFAULT.connectTimeoutMillis())
          .is("Connecting to a backend or node.");
  private static final Key<Long> RESPONSE_TIMEOUT =
      LIMIT_KEYS
          .value("response-timeout", WAIT)
          .otherwise(EdgeConfig.Limits.DEFAULT.responseTimeoutMillis())
          .is("Until a backend starts its response.");
  private static final Key<Long> BODY_TIMEOUT =
      LIMIT_KEYS
          .value("body-timeout", WAIT)
          .otherwise(EdgeConfig.Limits.DEFAULT.bodyTimeoutMillis())
          .is(
              "Silence of a body that is under way, in either direction; what is cut off for it is"
                  + " the request. A download that is read slowly is not silent.");

  private static final Key<Long> TUNNEL_TIMEOUT =
      LIMIT_KEYS
          .value("tunnel-timeout", ValueRules.duration(1_000, 604_800_000))
          .otherwise(EdgeConfig.Limits.DEFAULT.atOnce().tunnels().timeoutMillis())
          .is(
              "Silence of a tunnel (WebSocket) in both directions; no other time applies to an open"
                  + " one.");

  private final FileRules files;

  EdgeReader(FileRules files) {
    this.files = files;
  }

  Optional<EdgeConfig> read(Section at) {
    Optional<AcmeConfig> acme = at.section(ACME).flatMap(new AcmeReader(files)::read);
    ListenTlsReader tls = new ListenTlsReader(files, acme);
    Optional<List<Section>> sections = at.sections(LISTEN);
    if (sections.isEmpty() && !at.has("listen")) {
      at.problem("listen", "is missing", "add 'listen: " + EXAMPLE + "'");
    }
    if (sections.isPresent() && sections.get().isEmpty()) {
      at.problem("listen", "is empty: no client could connect", "write " + EXAMPLE);
    }
    List<EdgeConfig.Listen> listen = new ArrayList<>();
    for (Section section : sections.orElse(List.of())) {
      listen(section, tls).ifPresent(listen::add);
    }
    EdgeConfig.Limits limits =
        at.section(LIMITS).map(EdgeReader::limits).orElse(EdgeConfig.Limits.DEFAULT);
    List<PrefixConfig> trusted = at.values(TRUSTED_PROXIES).orElse(List.of());
    at.atMost(TRUSTED_PROXIES, trusted.size(), "name larger prefixes");
    EdgeConfig.LookalikeFields lookalikes = at.valueOrDefault(LOOKALIKE_FIELDS);
    EdgeConfig.TlsHosts tlsHosts = at.valueOrDefault(TLS_HOSTS);
    EdgeConfig.Http2 http2 = at.valueOrDefault(HTTP2);
    at.end();
    EdgeConfig edge = new EdgeConfig(listen, limits, trusted, tlsHosts, lookalikes, http2, acme);
    if (edge.ordered().size() > Bounds.ACME_CERTIFICATES) {
      at.problem(
          ACME.name(),
          "more than " + Bounds.ACME_CERTIFICATES + " certificates are ordered",
          "have more names in one certificate");
    }
    return Optional.of(edge);
  }

  private static Optional<EdgeConfig.Listen> listen(Section at, ListenTlsReader tls) {
    Optional<InetSocketAddress> address = at.required(ADDRESS);
    Optional<ListenTlsConfig> withTls = at.raw(TLS).flatMap(yaml -> tls.read(at, TLS, yaml));
    List<PrefixConfig> proxies = at.values(PROXY_PROTOCOL).orElse(List.of());
    at.atMost(PROXY_PROTOCOL, proxies.size(), "name larger prefixes");
    Optional<ServiceName> service = at.value(SERVICE);
    if (at.has(SERVICE.name()) && at.has(TLS.name())) {
      at.problem(
          SERVICE.name(),
          "TLS of a TCP service is not ended here",
          "remove tls; for some names of a listener with TLS, use services.NAME.tcp.server-names");
    }
    at.end();
    return address.map(a -> new EdgeConfig.Listen(a, withTls, proxies, service));
  }

  private static EdgeConfig.Limits limits(Section at) {
    EdgeConfig.Limits limits =
        new EdgeConfig.Limits(
            at.valueOrDefault(HEADER_TIMEOUT),
            at.valueOrDefault(IDLE_TIMEOUT),
            new EdgeConfig.AtOnce(
                at.valueOrDefault(MAX_CONNECTIONS),
                at.value(MAX_PER_CLIENT).map(OptionalInt::of).orElse(OptionalInt.empty()),
                at.valueOrDefault(MAX_STREAMS),
                new EdgeConfig.Tunnels(
                    at.valueOrDefault(MAX_TUNNELS), at.valueOrDefault(TUNNEL_TIMEOUT))),
            Math.toIntExact(at.valueOrDefault(MAX_HEADER)),
            at.valueOrDefault(INPUT_MEMORY),
            at.valueOrDefault(CONNECT_TIMEOUT),
            at.valueOrDefault(RESPONSE_TIMEOUT),
            at.valueOrDefault(BODY_TIMEOUT));
    if (limits.inputMemoryBytes() < MIN_HEADS_IN_MEMORY * limits.maxHeaderBytes()) {
      at.problem(
          "input-memory",
          limits.inputMemoryBytes()
              + " bytes have no room for "
              + MIN_HEADS_IN_MEMORY
              + " heads of max-header ("
              + limits.maxHeaderBytes()
              + " bytes)",
          "make it "
              + MIN_HEADS_IN_MEMORY * limits.maxHeaderBytes()
              + "B or more, or max-header smaller");
    }
    at.end();
    return limits;
  }
}
