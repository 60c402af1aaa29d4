package io.landfall.node;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.config.ProbeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a start would find wrong with the keys and certificates that a valid config names, found
 * without starting anything.
 */
public final class KeyCheck {
  private KeyCheck() {}

  /**
   * Everything wrong with them.
   *
   * @param wallMillis the time at which they have to hold, milliseconds since 1970
   */
  public static List<ConfigProblem> problems(NodeConfig config, long wallMillis) {
    List<ConfigProblem> problems = new ArrayList<>();
    try {
      NodeTrust.believed(config, wallMillis);
    } catch (StartFailed e) {
      problems.add(problem(config, e.key(), e.rule()));
    }
    int index = 0;
    for (Listen listen : config.edge().map(EdgeConfig::listen).orElse(List.of())) {
      try {
        EdgeFromConfig.credentials(listen);
      } catch (StartFailed e) {
        problems.add(problem(config, "edge.listen[" + index + "].tls", e.rule()));
      }
      index++;
    }
    for (ServiceConfig service : config.services()) {
      // Without them the node starts, and every probe of the service fails.
      probeCas(service)
          .flatMap(KeyCheck::badCertificates)
          .ifPresent(
              rule ->
                  problems.add(
                      problem(config, "services." + service.name() + ".probe.tls-ca", rule)));
    }
    return problems;
  }

  private static Optional<Path> probeCas(ServiceConfig service) {
    return service.here().probe().flatMap(probe -> tls(probe.check())).flatMap(ProbeConfig.Tls::ca);
  }

  private static Optional<ProbeConfig.Tls> tls(ProbeConfig.Check check) {
    return switch (check) {
      case ProbeConfig.Check.Http http -> http.way().tls();
      case ProbeConfig.Check.Tcp tcp -> tcp.way().tls();
      case ProbeConfig.Check.Exec exec -> Optional.empty();
    };
  }

  private static Optional<String> badCertificates(Path file) {
    return Pem.readCertificates(file) instanceof FileResult.Bad<List<X509Certificate>> bad
        ? Optional.of(bad.sentence())
        : Optional.empty();
  }

  private static ConfigProblem problem(NodeConfig config, String key, String rule) {
    // The rule's sentence names the file of the key or certificate and ends with what to do.
    return new ConfigProblem(
        config.self().file().toString(),
        ConfigLoader.lineOf(config.self().file(), key),
        key,
        rule,
        "");
  }
}
