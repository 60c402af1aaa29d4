package io.landfall.node.config;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code trust}. */
final class TrustReader {
  private final FileRules files;

  TrustReader(FileRules files) {
    this.files = files;
  }

  Optional<TrustConfig> read(Section at) {
    Optional<String> domain = at.required("domain", NetRules::trustDomain, "cdn.example");
    Optional<Path> ca = at.required("ca", files::readable, "ca.pem");
    Optional<Path> certificate = at.required("certificate", files::readable, "fra.pem");
    Optional<Path> key = at.required("key", files::readable, "fra.key");
    Optional<Path> revoked = at.value("revoked", files::readable);
    Map<NodeName, List<ServiceName>> entitlements =
        at.section("entitlements").map(TrustReader::entitlements).orElse(Map.of());
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
    Rule<NodeName> nodeRule = Rules.checked(NodeName::new, "write the name of a node");
    Rule<ServiceName> serviceRule = Rules.checked(ServiceName::new, "write the name of a service");
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<NodeName> node = at.scalar(at.path(key), keyText, nodeRule);
      Optional<List<ServiceName>> services = at.values(key, serviceRule);
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
