package io.landfall.config;

import io.landfall.core.Addresses;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the keys of a probe that tell over which connection a backend is asked, and for what. */
final class ProbeConnectionReader {
  private static final Key<String> HOST =
      ProbeReader.KEYS
          .value(
              "host",
              ValueRule.of(new Shape.Text("host or host:port", "^[^ /?#@]+$"), t -> host(t)))
          .otherwiseAs("the address that is probed")
          .is("Host field of the request of `http`, and the name for `tls`.");
  private static final Key<Integer> PORT =
      ProbeReader.KEYS
          .value("port", ValueRules.PORT)
          .otherwiseAs("the backend's port")
          .is("Port of `http` and `tcp`.");
  private static final Key<Statuses> STATUS =
      ProbeReader.KEYS
          .value(
              "status",
              ValueRule.of(
                  new Shape.Text("status or range", "^[2-5][0-9][0-9](-[2-5][0-9][0-9])?$"),
                  ProbeConnectionReader::statuses))
          .otherwiseAs("`200-399`")
          .is("Statuses with which `http` succeeds, as `204` or `200-399`.");
  private static final Key<Integer> REQUESTS =
      ProbeReader.KEYS
          .value("requests-per-connection", ValueRules.count(1, Bounds.PROBE_REQUESTS))
          .otherwise(ProbeConfig.DEFAULT_REQUESTS_PER_CONNECTION)
          .is(
              "How many requests of `http` one connection carries at most, if the backend keeps it"
                  + " open. A backend that is not up, whose last probe failed or whose clients were"
                  + " refused is asked on a new one, and 1 or an interval over 60s makes a new one"
                  + " for each probe.");
  private static final Key<Boolean> TLS =
      ProbeReader.KEYS
          .value("tls", ValueRules.FLAG)
          .otherwise(false)
          .is(
              "Probe over TLS; needs `tls-ca`, or `tls-verify: false`. An `https://` backend is probed by"
                  + " `backend-tls` as its requests are sent, unless `port` is another.");
  private static final Key<?> TLS_CA =
      ProbeReader.KEYS
          .value("tls-ca", Shapes.FILE)
          .is(
              "PEM file with the CAs that the backend's certificate must lead to; the certificate"
                  + " must have the name in `host`, or the backend's host.");
  private static final Key<Boolean> TLS_VERIFY =
      ProbeReader.KEYS
          .value("tls-verify", ValueRules.FLAG)
          .otherwise(true)
          .is("`false`: take any certificate, so that whoever is on the path can answer.");

  private record Statuses(int least, int most) {}

  private final Optional<String> host;
  private final Statuses statuses;
  private final ProbeConfig.Way way;

  private ProbeConnectionReader(Optional<String> host, Statuses statuses, ProbeConfig.Way way) {
    this.host = host;
    this.statuses = statuses;
    this.way = way;
  }

  /** Declares the keys above, which loading this class does, for a reader that may not read any. */
  static void declareKeys() {}

  /** Reads and checks the keys. */
  static ProbeConnectionReader of(Section at, FileRules files, boolean hasTlsBackends) {
    Optional<String> host = at.value(HOST);
    Statuses statuses =
        at.value(STATUS)
            .orElse(
                new Statuses(ProbeConfig.DEFAULT_LEAST_STATUS, ProbeConfig.DEFAULT_MOST_STATUS));
    int requests = at.valueOrDefault(REQUESTS);
    OptionalInt port = at.value(PORT).map(OptionalInt::of).orElse(OptionalInt.empty());
    Optional<ProbeConfig.Tls> tls = tls(at, files);
    for (Key<?> key : new Key<?>[] {HOST, STATUS, REQUESTS}) {
      // For `host` it is enough that there is a certificate to compare it with.
      boolean used = at.has("http") || (key == HOST && tls.isPresent() && !at.has("exec"));
      if (at.has(key.name()) && !used) {
        at.problem(
            key.name(),
            "only a probe over HTTP has it",
            "write the path to get as 'http: /healthz', or remove the key");
      }
    }
    for (Key<?> key : new Key<?>[] {PORT, TLS, TLS_CA, TLS_VERIFY}) {
      if (at.has(key.name()) && at.has("exec")) {
        at.problem(
            key.name(), "a command connects by itself", "tell the command, or remove the key");
      }
    }
    if (hasTlsBackends && !at.has(PORT.name())) {
      for (Key<?> key : new Key<?>[] {TLS, TLS_CA, TLS_VERIFY}) {
        if (at.has(key.name())) {
          // What requests meet and what the probe finds must be one truth.
          at.problem(
              key.name(),
              "an https:// backend is probed as its requests are sent, by backend-tls",
              "remove the key, or name another 'port' to probe");
        }
      }
    }
    return new ProbeConnectionReader(host, statuses, new ProbeConfig.Way(port, tls, requests));
  }

  private static Optional<ProbeConfig.Tls> tls(Section at, FileRules files) {
    boolean tls = at.valueOrDefault(TLS);
    Optional<Path> ca = at.value(TLS_CA, files::readable);
    boolean verify = at.valueOrDefault(TLS_VERIFY);
    if (!tls) {
      for (Key<?> key : new Key<?>[] {TLS_CA, TLS_VERIFY}) {
        if (at.has(key.name())) {
          at.problem(
              key.name(), "the probe does not use TLS", "add 'tls: true', or remove the key");
        }
      }
      return Optional.empty();
    }
    if (verify && !at.has(TLS_CA.name())) {
      at.problem(
          "tls",
          "there is nothing to verify the backend's certificate with",
          "add 'tls-ca: ca.pem', or 'tls-verify: false' to take any certificate");
    }
    if (!verify && at.has(TLS_CA.name())) {
      at.problem(
          "tls-verify", "the CAs in tls-ca are there to verify with", "remove one of the two keys");
    }
    return Optional.of(new ProbeConfig.Tls(ca));
  }

  private static String host(String text) throws BadValue {
    boolean good = !text.isEmpty() && text.length() <= Bounds.PROBE_HOST_CHARS;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c > ' ' && c < 0x7f && "/?#@\"'\\,".indexOf(c) < 0;
    }
    if (!good || !isHostAndPort(text)) {
      throw new BadValue("'" + text + "' is not a host", "write it as shop.example");
    }
    return text;
  }

  /** A name, an address or an IPv6 address in brackets, with a port or without (RFC 9110 7.2). */
  private static boolean isHostAndPort(String text) {
    int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    String host = end < 0 ? text : text.substring(0, end);
    String port = end < 0 ? "" : text.substring(end);
    boolean good =
        text.startsWith("[")
            ? end > 0 && Addresses.parseLiteral(host.substring(1, end - 1)).isPresent()
            : !host.isEmpty();
    return good && (port.isEmpty() || isPort(port));
  }

  private static boolean isPort(String text) {
    boolean good = text.startsWith(":") && text.length() > 1 && text.length() <= 6;
    for (int i = 1; good && i < text.length(); i++) {
      good = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    int port = good ? Integer.parseInt(text.substring(1)) : 0;
    return port >= 1 && port <= 65_535;
  }

  private static Statuses statuses(String text) throws BadValue {
    int dash = text.indexOf('-');
    int least = status(dash < 0 ? text : text.substring(0, dash));
    int most = status(dash < 0 ? text : text.substring(dash + 1));
    if (least < 0 || most < 0 || least > most) {
      throw new BadValue(
          "'" + text + "' is not a status or a range of them within 200-599",
          "write it as 204 or 200-399");
    }
    return new Statuses(least, most);
  }

  /** A status, or -1. */
  private static int status(String text) {
    boolean good = text.length() == 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int status = good ? Integer.parseInt(text) : -1;
    return status >= 200 && status <= 599 ? status : -1;
  }

  /** A probe over HTTP. */
  ProbeConfig.Check http(String path) {
    return new ProbeConfig.Check.Http(path, host, statuses.least(), statuses.most(), way);
  }

  ProbeConfig.Way way() {
    return way;
  }
}
