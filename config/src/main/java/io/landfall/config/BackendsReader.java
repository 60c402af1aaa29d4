package io.landfall.config;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads where a service runs beside this node, and how TLS is spoken there. */
final class BackendsReader {
  /** The keys of one backend, of which others read some. */
  static final Keys BACKEND_KEYS = new Keys("services.NAME.backends[]");

  private static final Keys TLS_KEYS = new Keys("services.NAME.backend-tls");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(BACKEND_KEYS, TLS_KEYS);

  private static final Key<ServiceConfig.Backend> BACKENDS =
      ServicesReader.SERVICE_KEYS
          .valuesOrSections("backends", NetRules.BACKEND)
          .atMost(Bounds.BACKENDS)
          .is(
              "Where its requests go; without it the service is hosted elsewhere. A name is resolved"
                  + " again every 5 s, for requests and probes alike, and each of its addresses (16 at"
                  + " most) is probed and used by itself; while there is no such name (30 s after it"
                  + " last resolved), that backend is down, and nothing else; a resolver that answers"
                  + " nothing moves no backend. Which backend gets a request:"
                  + " [edge.md](edge.md#which-backend-gets-a-request).");
  private static final Key<ServiceConfig.Backend> URL =
      BACKEND_KEYS
          .value("url", NetRules.BACKEND)
          .required("\"https://10.0.0.7:8443\"")
          .is("The same as the text alone.");
  private static final Key<Integer> WEIGHT =
      BACKEND_KEYS
          .value("weight", ValueRules.count(0, Bounds.BACKEND_WEIGHT))
          .otherwise(1)
          .is(
              "Its share of new requests in relation to the others'; 0 for none: it is probed and gets"
                  + " nothing. Each address of a name has it.");
  private static final Key<ServiceConfig.Protocol> PROTOCOL =
      BACKEND_KEYS
          .value("protocol", ValueRules.oneOf(ServiceConfig.Protocol.class))
          .otherwise(ServiceConfig.Protocol.H1)
          .is(
              "`h2`: it is asked over HTTP/2, as gRPC demands, and over nothing else: an `https://` one"
                  + " by ALPN, an `http://` one with prior knowledge. It takes no tunnels"
                  + " ([edge.md](edge.md#backends-over-http2)), and its probe is `tcp` or `exec`, or has"
                  + " a `port` of its own.");

  private static final Key<ServiceConfig.ProxyProtocol> PROXY_PROTOCOL =
      BACKEND_KEYS
          .value("proxy-protocol", ValueRules.oneOf(ServiceConfig.ProxyProtocol.class))
          .otherwise(ServiceConfig.ProxyProtocol.NONE)
          .is(
              "`v1` or `v2`: each connection begins with a header of the PROXY protocol that has the"
                  + " client's address, in front of TLS; it is used again for the same connection of"
                  + " a client only. Probes send LOCAL. Not with `protocol: h2`"
                  + " ([edge.md](edge.md#the-proxy-protocol)).");

  private static final Key<?> TLS =
      ServicesReader.SERVICE_KEYS
          .section("backend-tls")
          .otherwiseAs("each backend's own name, and the CAs that the JDK comes with")
          .is(
              "How `https://` backends are verified, which is not to be switched off; requests and"
                  + " probes share it. Files are read at the start, and again with each `landfall"
                  + " configure apply` and `landfall reload`.");
  private static final Key<?> CA =
      TLS_KEYS
          .value("ca", Shapes.FILE)
          .otherwiseAs("the CAs that the JDK comes with")
          .is("PEM file with the certificates that a backend's must lead to.");
  private static final Key<String> NAME =
      TLS_KEYS
          .value("name", NetRules.CERTIFICATE_NAME)
          .otherwiseAs("the host of the backend's URL")
          .is(
              "The host name or address that a backend's certificate must have; a name is sent as SNI"
                  + " too.");
  private static final Key<?> CERTIFICATE =
      TLS_KEYS
          .value("certificate", Shapes.FILE)
          .otherwiseAs("none is shown")
          .is(
              "PEM file with the certificate that a backend gets if it asks for one, and its chain.");
  private static final Key<?> KEY =
      TLS_KEYS.value("key", Shapes.FILE).is("PEM file with the private key of `certificate`.");

  private BackendsReader() {}

  /** Declares the keys above, which loading this class does, for a reader that may not read any. */
  static void declareKeys() {}

  /** The backends of a service; none when it is hosted elsewhere. */
  static List<ServiceConfig.Backend> backends(Section at) {
    Optional<List<ServiceConfig.Backend>> backends =
        at.valuesOrSections(BACKENDS, BackendsReader::weighted);
    if (isEmptyList(at)) {
      at.problem(
          "backends",
          "is empty",
          "name a backend such as [\"http://10.0.0.7:8080\"], or remove the key when the service"
              + " is hosted elsewhere");
    }
    at.atMost(
        BACKENDS,
        backends.map(List::size).orElse(0),
        "put a load balancer of its own before them, or make several services");
    List<ServiceConfig.Backend> found = backends.orElse(List.of());
    if (isWhole(at, found) && found.stream().allMatch(backend -> backend.weight() == 0)) {
      at.problem(
          "backends",
          "each has weight 0, so none gets a request",
          "give one of them a weight, or drain them with 'landfall drain backend'");
    }
    return found;
  }

  private static Optional<ServiceConfig.Backend> weighted(Section item) {
    Optional<ServiceConfig.Backend> backend = item.required(URL);
    int weight = item.valueOrDefault(WEIGHT);
    ServiceConfig.Protocol protocol = item.valueOrDefault(PROTOCOL);
    ServiceConfig.ProxyProtocol proxy = item.valueOrDefault(PROXY_PROTOCOL);
    if (proxy != ServiceConfig.ProxyProtocol.NONE && protocol == ServiceConfig.Protocol.H2) {
      item.problem(
          PROXY_PROTOCOL.name(),
          "a connection of HTTP/2 carries requests of many clients, and a header has one",
          "remove it, or 'protocol: h2'");
    }
    Optional<BackendRulesConfig.Only> only = BackendRulesReader.only(item);
    item.end();
    return backend.map(plain -> plain.with(weight, protocol, proxy, only));
  }

  /** Whether it is asked over HTTP/2. */
  static boolean isHttp2(ServiceConfig.Backend backend) {
    return backend.protocol() == ServiceConfig.Protocol.H2;
  }

  /** A probe gets its path over HTTP/1.1, which such a backend need not speak. */
  static void checkProbe(Section at, ProbeConfig probe, boolean isHttp2) {
    if (isHttp2
        && probe.check() instanceof ProbeConfig.Check.Http http
        && http.way().port().isEmpty()) {
      at.problem(
          "probe",
          "a probe of 'http' is asked over HTTP/1.1, and a backend of this service over HTTP/2",
          "write 'tcp: true' or 'exec', or name another 'port' to probe over HTTP/1.1");
    }
  }

  /** Whether there are backends and each could be read: a broken one has its own problem. */
  private static boolean isWhole(Section at, List<ServiceConfig.Backend> backends) {
    return !backends.isEmpty()
        && at.raw(BACKENDS).orElse(null) instanceof Yaml.Sequence list
        && list.items().size() == backends.size();
  }

  private static boolean isEmptyList(Section at) {
    return at.raw(BACKENDS).orElse(null) instanceof Yaml.Sequence list && list.items().isEmpty();
  }

  /** How the backends of a service are verified; present exactly when one of them is https. */
  static Optional<ServiceConfig.Tls> tls(
      Section at, List<ServiceConfig.Backend> backends, FileRules files) {
    boolean used = backends.stream().anyMatch(ServiceConfig.Backend::isTls);
    Optional<ServiceConfig.Tls> read = at.section(TLS).map(section -> tls(section, files));
    if (at.has(TLS.name()) && !used && isWhole(at, backends)) {
      at.problem(
          TLS.name(),
          "no backend is https://",
          "write the URL of one as https://, or remove the key");
    }
    return used ? Optional.of(read.orElse(ServiceConfig.Tls.USUAL)) : Optional.empty();
  }

  private static ServiceConfig.Tls tls(Section at, FileRules files) {
    Optional<Path> ca = at.value(CA, files::readable);
    Optional<String> name = at.value(NAME);
    Optional<Path> certificate = at.value(CERTIFICATE, files::readable);
    Optional<Path> key = at.value(KEY, files::readable);
    at.end();
    if (at.has(CERTIFICATE.name()) != at.has(KEY.name())) {
      String there = at.has(KEY.name()) ? KEY.name() : CERTIFICATE.name();
      at.problem(
          there, "a certificate and its key are named together", "add the other, or remove both");
    }
    return new ServiceConfig.Tls(
        ca, name, certificate.flatMap(shown -> key.map(of -> new KeyPairFiles(shown, of))));
  }
}
