package io.landfall.config;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code trust}. */
final class TrustReader {
  private static final Keys KEYS = new Keys("trust");
  private static final Keys ENTITLEMENT_KEYS = new Keys("trust.entitlements");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(KEYS, ENTITLEMENT_KEYS);

  private static final Key<String> DOMAIN =
      KEYS.value("domain", NetRules.TRUST_DOMAIN).required("cdn.example").is("The trust domain.");
  private static final Key<?> CA =
      KEYS.value("ca", Shapes.FILE)
          .required("ca.pem")
          .is("PEM file with the certificates of the overlay's CAs.");
  private static final Key<?> CERTIFICATE =
      KEYS.value("certificate", Shapes.FILE)
          .required("fra.pem")
          .is("PEM file with the node's certificate and its chain.");
  private static final Key<?> PRIVATE_KEY =
      KEYS.value("key", Shapes.FILE)
          .required("fra.key")
          .is("PEM file with its key: EC on P-256 or P-384, or RSA of 2048 to 8192 bits.");
  private static final Key<?> REVOKED =
      KEYS.value("revoked", Shapes.FILE)
          .is(
              "File of keys, certificates and nodes that are refused, watched while the node runs:"
                  + " see [The list of revocations](#the-list-of-revocations).");

  /** The entitlements. */
  static final Key<?> ENTITLEMENTS =
      KEYS.section("entitlements").is("What nodes may originate beyond their certificates.");

  private static final Key<ServiceName> ENTITLEMENT =
      ENTITLEMENT_KEYS
          .values(
              "NODE",
              ValueRules.checked(Shapes.LABEL, ServiceName::new, "write the name of a service"))
          .forNames(Shapes.LABEL)
          .is(
              "Services that a node may originate beyond its certificate; each must be under"
                  + " `services`.");

  private final FileRules files;

  TrustReader(FileRules files) {
    this.files = files;
  }

  Optional<TrustConfig> read(Section at) {
    Optional<String> domain = at.required(DOMAIN);
    Optional<Path> ca = at.required(CA, files::readable);
    Optional<Path> certificate = at.required(CERTIFICATE, files::readable);
    Optional<Path> key = at.required(PRIVATE_KEY, files::readable);
    Optional<Path> revoked = at.value(REVOKED, files::readable);
    Map<NodeName, List<ServiceName>> entitlements =
        at.section(ENTITLEMENTS).map(TrustReader::entitlements).orElse(Map.of());
    at.end();
    if (domain.isEmpty() || ca.isEmpty() || certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TrustConfig(
            domain.get(), ca.get(), certificate.get(), key.get(), entitlements, revoked));
  }

  private static Map<NodeName, List<ServiceName>> entitlements(Section at) {
    Map<NodeName, List<ServiceName>> entitlements = new LinkedHashMap<>();
    ValueRule<NodeName> nodeRule = ValueRules.nodeName("write the name of a node");
    for (Map.Entry<String, Yaml.Entry> entry : at.named(ENTITLEMENT).entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<NodeName> node = at.scalar(at.path(key), keyText, nodeRule);
      Optional<List<ServiceName>> services = at.values(ENTITLEMENT, key);
      if (services.isPresent() && services.get().isEmpty()) {
        at.problem(key, "entitles to nothing", "name a service, or remove the key");
      }
      if (node.isPresent() && services.isPresent()) {
        entitlements.put(node.get(), List.copyOf(services.get()));
      }
    }
    return entitlements;
  }
}
