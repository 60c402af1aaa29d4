package io.landfall.config;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code edge.listen[].tls}. */
final class ListenTlsReader {
  /** The keys of the section. */
  static final Keys KEYS = new Keys("edge.listen[].tls");

  /** The keys of each of its certificates. */
  static final Keys PAIR_KEYS = new Keys("edge.listen[].tls.certificates[]");

  /** The keys of its tickets. */
  static final Keys TICKET_KEYS = new Keys("edge.listen[].tls.tickets");

  private static final String KINDS = "EC on P-256 or P-384, or RSA of 2048 to 8192 bits.";

  private static final Key<?> CERTIFICATE =
      KEYS.value("certificate", Shapes.FILE)
          .otherwiseAs("one of `certificates`")
          .is("PEM file with the certificate and its chain.");
  private static final Key<?> PRIVATE_KEY =
      KEYS.value("key", Shapes.FILE)
          .otherwiseAs("one of `certificates`")
          .is("PEM file with its key: " + KINDS);
  private static final Key<?> CERTIFICATES =
      KEYS.sections("certificates")
          .otherwiseAs("`certificate` with `key`")
          .atMost(Bounds.CERTIFICATES)
          .is(
              "Several certificates instead of one. A client gets the one with the name that it"
                  + " sends (SNI), else one with a wildcard for it; of two for the same name, one"
                  + " with an EC key and one with an RSA key, the one that it can verify, EC first.");
  private static final Key<ListenTlsConfig.UnknownName> UNKNOWN_NAME =
      KEYS.value("unknown-name", ValueRules.oneOf(ListenTlsConfig.UnknownName.class))
          .otherwise(ListenTlsConfig.UnknownName.DEFAULT)
          .is(
              "What a client gets that sends no server name, or one that no certificate has:"
                  + " `default` the first certificate, `refuse` the alert unrecognized_name.");
  private static final Key<?> TICKETS =
      KEYS.section("tickets")
          .otherwiseAs("random keys, new ones every 12 hours")
          .is("Session tickets, by which a client resumes a session (docs/tls.md).");
  private static final Key<?> TICKET_KEY_FILE =
      TICKET_KEYS
          .value("keys", Shapes.FILE)
          .required("tickets.keys")
          .is(
              "File with the keys of tickets, which nodes of a site share: one a line, base64 of 48"
                  + " or 80 random bytes (`openssl rand -base64 48`), 8 at most. The first"
                  + " encrypts, all decrypt; a change is noticed.");
  private static final Key<?> CLIENT_CA =
      KEYS.value("client-ca", Shapes.FILE)
          .otherwiseAs("clients are asked for no certificate")
          .is(
              "PEM file with the CAs that the certificates of clients must lead to. A backend gets"
                  + " that of a request as Client-Cert (RFC 9440); such requests pass the cache.");
  private static final Key<ListenTlsConfig.Demand> CLIENT_CERTIFICATE =
      KEYS.value("client-certificate", ValueRules.oneOf(ListenTlsConfig.Demand.class))
          .otherwise(ListenTlsConfig.Demand.REQUIRED)
          .is("With `client-ca`, whether a client must have a certificate.");
  private static final Key<?> PAIR_CERTIFICATE =
      PAIR_KEYS
          .value("certificate", Shapes.FILE)
          .otherwiseAs("`acme`")
          .is("PEM file with the certificate and its chain.");
  private static final Key<?> PAIR_KEY =
      PAIR_KEYS
          .value("key", Shapes.FILE)
          .otherwiseAs("`acme`")
          .is("PEM file with its key: " + KINDS);
  private static final Key<String> PAIR_ACME =
      PAIR_KEYS
          .values("acme", AcmeReader.CERTIFICATE_NAME)
          .otherwiseAs("`certificate` with `key`")
          .atMost(Bounds.ACME_NAMES)
          .is(
              "The names of a certificate that this node orders at `edge.acme` and renews"
                  + " ([certificates.md](certificates.md)), in place of files.");
  private static final Key<AcmeConfig.KeyType> PAIR_KEY_TYPE =
      PAIR_KEYS
          .value("key-type", ValueRules.oneOf(AcmeConfig.KeyType.class))
          .otherwise(AcmeConfig.KeyType.ECDSA_P256)
          .is("With `acme`, the kind of its key.");

  private static final String EXAMPLE = "write {certificate: site.pem, key: site.key}";

  private final FileRules files;
  private final Optional<AcmeConfig> acme;

  /**
   * A reader.
   *
   * @param acme where certificates are ordered; empty if nowhere
   */
  ListenTlsReader(FileRules files, Optional<AcmeConfig> acme) {
    this.files = files;
    this.acme = acme;
  }

  /**
   * Reads the section, or the list of certificates that may stand in its place.
   *
   * @param key the key of it
   * @param yaml its value
   */
  Optional<ListenTlsConfig> read(Section listen, Key<?> key, Yaml yaml) {
    if (!(yaml instanceof Yaml.Sequence sequence)) {
      return listen.section(key).map(this::section);
    }
    if (sequence.items().isEmpty()) {
      listen.problem("tls", "has no certificate", EXAMPLE);
    }
    List<KeyPairFiles> pairs = new ArrayList<>();
    for (Section item : listen.sections(key).orElse(List.of())) {
      if (Stream.of(CERTIFICATES, UNKNOWN_NAME, TICKETS, CLIENT_CA, CLIENT_CERTIFICATE)
          .anyMatch(more -> item.has(more.name()))) {
        listen.problem(
            "tls",
            "is a list of certificates, whose items have certificate and key only",
            "write tls: {certificates: [...], unknown-name: ...}");
      }
      pairs.addAll(section(item).certificates());
    }
    return Optional.of(new ListenTlsConfig(pairs));
  }

  private ListenTlsConfig section(Section at) {
    List<KeyPairFiles> pairs = new ArrayList<>();
    Optional<Path> certificate = at.value(CERTIFICATE, files::readable);
    Optional<Path> key = at.value(PRIVATE_KEY, files::readable);
    Optional<List<Section>> several = at.sections(CERTIFICATES);
    boolean one = at.has(CERTIFICATE.name()) || at.has(PRIVATE_KEY.name());
    if (at.has(CERTIFICATES.name())) {
      several.ifPresent(sections -> at.atMost(CERTIFICATES, sections.size(), "use wildcards"));
      if (one) {
        at.problem(
            CERTIFICATES.name(),
            "stands beside certificate or key",
            "put that certificate first in the list");
      }
      if (several.isPresent() && several.get().isEmpty()) {
        at.problem(CERTIFICATES.name(), "is empty", EXAMPLE + " in it");
      }
    } else {
      missing(at, CERTIFICATE, "site.pem");
      missing(at, PRIVATE_KEY, "site.key");
    }
    List<AcmeConfig.Ordered> ordered = new ArrayList<>();
    for (Section pair : several.orElse(List.of())) {
      pair(pair, ordered).ifPresent(pairs::add);
    }
    certificate.ifPresent(
        shown -> key.ifPresent(proved -> pairs.add(new KeyPairFiles(shown, proved))));
    ListenTlsConfig.UnknownName unknown = at.valueOrDefault(UNKNOWN_NAME);
    Optional<Path> tickets = at.section(TICKETS).flatMap(this::tickets);
    Optional<ListenTlsConfig.Clients> clients = clients(at);
    at.end();
    return new ListenTlsConfig(pairs, unknown, tickets, clients, ordered);
  }

  private Optional<ListenTlsConfig.Clients> clients(Section at) {
    Optional<Path> authorities = at.value(CLIENT_CA, files::readable);
    ListenTlsConfig.Demand demand = at.valueOrDefault(CLIENT_CERTIFICATE);
    if (at.has(CLIENT_CERTIFICATE.name()) && !at.has(CLIENT_CA.name())) {
      at.problem(
          CLIENT_CERTIFICATE.name(),
          "there is no client-ca to verify certificates of clients with",
          "add 'client-ca: clients.pem', or remove the key");
    }
    return authorities.map(file -> new ListenTlsConfig.Clients(file, demand));
  }

  private Optional<Path> tickets(Section at) {
    Optional<Path> keys = at.required(TICKET_KEY_FILE, files::readable);
    at.end();
    return keys;
  }

  private static void missing(Section at, Key<?> key, String example) {
    if (!at.has(key.name())) {
      at.problem(key.name(), "is missing", "add '" + key.name() + ": " + example + "'");
    }
  }

  private Optional<KeyPairFiles> pair(Section at, List<AcmeConfig.Ordered> ordered) {
    Optional<List<String>> names = at.values(PAIR_ACME);
    AcmeConfig.KeyType keyType = at.valueOrDefault(PAIR_KEY_TYPE);
    Optional<Path> certificate = at.value(PAIR_CERTIFICATE, files::readable);
    Optional<Path> key = at.value(PAIR_KEY, files::readable);
    if (at.has(PAIR_ACME.name())) {
      checkNames(at, names.orElse(List.of()));
      at.end();
      Optional<AcmeConfig.Ordered> made =
          acme.flatMap(
              to ->
                  names
                      .filter(list -> !list.isEmpty())
                      .map(list -> AcmeReader.ordered(to, list, keyType)));
      made.ifPresent(ordered::add);
      return made.map(AcmeConfig.Ordered::files);
    }
    if (at.has(PAIR_KEY_TYPE.name())) {
      at.problem(PAIR_KEY_TYPE.name(), "is for a certificate with acme", "remove it");
    }
    missing(at, PAIR_CERTIFICATE, "site.pem");
    missing(at, PAIR_KEY, "site.key");
    at.end();
    return certificate.flatMap(shown -> key.map(proved -> new KeyPairFiles(shown, proved)));
  }

  private void checkNames(Section at, List<String> names) {
    at.atMost(PAIR_ACME, names.size(), "order several certificates");
    if (at.has(PAIR_CERTIFICATE.name()) || at.has(PAIR_KEY.name())) {
      at.problem(PAIR_ACME.name(), "stands beside certificate or key", "give names, or files");
    }
    if (acme.isEmpty()) {
      at.problem(
          PAIR_ACME.name(),
          "there is no usable edge.acme, where certificates are ordered",
          "add 'acme: {directory: https://acme.example/directory, ...}' to edge");
    }
    if (new HashSet<>(names).size() < names.size()) {
      at.problem(PAIR_ACME.name(), "has a name twice", "remove one of them");
    }
    if (at.raw(PAIR_ACME).orElse(null) instanceof Yaml.Sequence list && list.items().isEmpty()) {
      at.problem(PAIR_ACME.name(), "is empty", "write [shop.example.com]");
    }
  }
}
