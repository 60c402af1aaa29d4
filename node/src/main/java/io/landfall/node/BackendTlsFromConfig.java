package io.landfall.node;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.edge.tls.BackendTls;
import io.landfall.edge.tls.ServerNames;
import io.landfall.transport.tls.ServerTrust;
import io.landfall.trust.Credentials;
import io.landfall.trust.Pem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the services of a config verify their backends over TLS: files, read and found good. */
final class BackendTlsFromConfig {
  private static final String CA_FIX = "name a PEM file with the CA's certificates";
  private static final String OWN_FIX = "name a certificate for this node and the key of it";

  private BackendTlsFromConfig() {}

  /** By service; those with a problem, and those without such backends, are missing. */
  static Map<ServiceName, BackendTls> of(NodeConfig config, Clock clock, Findings findings) {
    Map<ServiceName, BackendTls> made = new HashMap<>();
    // Services that are verified in the same way share what that takes.
    Map<Files, Optional<BackendTls>> byFiles = new HashMap<>();
    for (ServiceConfig service : config.services()) {
      if (service.here().tls().isPresent()) {
        ServiceConfig.Tls tls = service.here().tls().get();
        String key = "services." + service.name() + ".backend-tls";
        Files files = new Files(tls.ca(), tls.own());
        byFiles
            .computeIfAbsent(files, any -> read(key, tls, clock, findings))
            .ifPresent(usable -> made.put(service.name(), usable));
      }
    }
    return Map.copyOf(made);
  }

  /** Whether two of these verify and show the same. */
  static boolean same(Map<ServiceName, BackendTls> one, Map<ServiceName, BackendTls> other) {
    return one.keySet().equals(other.keySet())
        && one.entrySet().stream()
            .allMatch(
                each -> {
                  BackendTls its = other.get(each.getKey());
                  return its != null && each.getValue().isSame(its);
                });
  }

  private record Files(Optional<Path> ca, Optional<KeyPairFiles> own) {}

  private static Optional<BackendTls> read(
      String key, ServiceConfig.Tls tls, Clock clock, Findings findings) {
    List<X509Certificate> authorities = List.of();
    Optional<ServerNames.Identity> own = Optional.empty();
    if (tls.ca().isPresent()) {
      Optional<List<X509Certificate>> read =
          findings.value(key + ".ca", Pem.readCertificates(tls.ca().get()), CA_FIX);
      if (read.isEmpty()) {
        return Optional.empty();
      }
      authorities = read.get();
    }
    if (tls.own().isPresent()) {
      KeyPairFiles files = tls.own().get();
      Optional<Credentials> read =
          findings.value(
              key + ".certificate",
              Credentials.loadForTls(files.certificate(), files.key(), OWN_FIX),
              OWN_FIX);
      if (read.isEmpty()) {
        return Optional.empty();
      }
      validity(key + ".certificate", files, read.get(), clock, findings);
      own = Optional.of(new ServerNames.Identity(read.get().key(), read.get().chain()));
    }
    Optional<ServerTrust> trust = findings.value(key, ServerTrust.of(authorities), CA_FIX);
    if (trust.isEmpty()) {
      return Optional.empty();
    }
    return switch (BackendTls.of(trust.get(), authorities, own)) {
      case BackendTls.Result.Usable(BackendTls usable) -> Optional.of(usable);
      case BackendTls.Result.Unusable(String why) -> {
        findings.problem(key, why, CA_FIX);
        yield Optional.empty();
      }
    };
  }

  private static void validity(
      String key, KeyPairFiles files, Credentials own, Clock clock, Findings findings) {
    Instant now = Instant.ofEpochMilli(clock.wallMillis());
    Instant from = own.certificate().getNotBefore().toInstant();
    Instant until = own.certificate().getNotAfter().toInstant();
    if (now.isBefore(from) || now.isAfter(until)) {
      findings.warn(
          key,
          files.certificate() + " is valid from " + from + " to " + until + ", and not now",
          "renew it, or check this machine's clock");
    }
  }
}
