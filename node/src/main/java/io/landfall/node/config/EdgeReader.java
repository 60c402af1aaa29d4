package io.landfall.node.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code edge}. */
final class EdgeReader {
  private static final String EXAMPLE = "[{address: \"198.51.100.1:80\"}]";

  /** Fewer largest heads than this at once, and a handful of clients could crowd out all others. */
  private static final long MIN_HEADS_IN_MEMORY = 16;

  private final FileRules files;

  EdgeReader(FileRules files) {
    this.files = files;
  }

  Optional<EdgeConfig> read(Section at) {
    Optional<List<Section>> sections = at.sections("listen");
    if (sections.isEmpty() && !at.has("listen")) {
      at.problem("listen", "is missing", "add 'listen: " + EXAMPLE + "'");
    }
    if (sections.isPresent() && sections.get().isEmpty()) {
      at.problem("listen", "is empty: no client could connect", "write " + EXAMPLE);
    }
    List<EdgeConfig.Listen> listen = new ArrayList<>();
    for (Section section : sections.orElse(List.of())) {
      listen(section).ifPresent(listen::add);
    }
    EdgeConfig.Limits limits =
        at.section("limits").map(EdgeReader::limits).orElse(EdgeConfig.Limits.DEFAULT);
    at.end();
    return Optional.of(new EdgeConfig(listen, limits));
  }

  private Optional<EdgeConfig.Listen> listen(Section at) {
    Optional<InetSocketAddress> address =
        at.required("address", NetRules::listen, "\"198.51.100.1:443\"");
    List<EdgeConfig.KeyPairFiles> certificates = certificates(at);
    at.end();
    return address.map(a -> new EdgeConfig.Listen(a, certificates));
  }

  private List<EdgeConfig.KeyPairFiles> certificates(Section at) {
    Optional<Yaml> tls = at.raw("tls");
    if (tls.isEmpty()) {
      return List.of();
    }
    List<EdgeConfig.KeyPairFiles> pairs = new ArrayList<>();
    if (tls.get() instanceof Yaml.Sequence sequence) {
      if (sequence.items().isEmpty()) {
        at.problem("tls", "has no certificate", "write {certificate: site.pem, key: site.key}");
      }
      for (Section pair : at.sections("tls").orElse(List.of())) {
        pair(pair).ifPresent(pairs::add);
      }
    } else {
      at.section("tls").flatMap(this::pair).ifPresent(pairs::add);
    }
    return pairs;
  }

  private Optional<EdgeConfig.KeyPairFiles> pair(Section at) {
    Optional<Path> certificate = at.required("certificate", files::readable, "site.pem");
    Optional<Path> key = at.required("key", files::readable, "site.key");
    at.end();
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new EdgeConfig.KeyPairFiles(certificate.get(), key.get()));
  }

  private static EdgeConfig.Limits limits(Section at) {
    EdgeConfig.Limits otherwise = EdgeConfig.Limits.DEFAULT;
    Rule<Long> wait = Rules.duration(10, 3_600_000);
    EdgeConfig.Limits limits =
        new EdgeConfig.Limits(
            at.value("header-timeout", wait, otherwise.headerTimeoutMillis()),
            at.value("idle-timeout", wait, otherwise.idleTimeoutMillis()),
            at.value("max-connections", Rules.count(1, 10_000_000), otherwise.maxConnections()),
            Math.toIntExact(
                at.value(
                    "max-header", Rules.size(1 << 10, 1 << 20), (long) otherwise.maxHeaderBytes())),
            at.value("input-memory", Rules.size(1 << 20, 64L << 30), otherwise.inputMemoryBytes()),
            at.value("connect-timeout", wait, otherwise.connectTimeoutMillis()),
            at.value("response-timeout", wait, otherwise.responseTimeoutMillis()));
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
