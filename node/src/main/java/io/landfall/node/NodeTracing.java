package io.landfall.node;

import io.landfall.admin.metrics.Version;
import io.landfall.config.NodeConfig;
import io.landfall.config.TracingConfig;
import io.landfall.core.Addresses;
import io.landfall.core.FailureText;
import io.landfall.edge.QueueUse;
import io.landfall.edge.RequestSpans;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tracing of a node, if its config has it. Room {@code tracing} and OpenTelemetry's dozen of
 * libraries are loaded here and only then: on the module path in a layer of their own, whose files
 * lie beside that of this room, so that a node without tracing neither looks at them nor holds
 * them. In tests and in a lab, on the class path, they are found there.
 */
final class NodeTracing implements AutoCloseable {
  private static final String KEY = "tracing";
  private static final String ROOM = "io.landfall.tracing";

  /** The files of that layer; tools/start.sh has them on no module path. */
  private static final String FILES = "{landfall-tracing,opentelemetry}-*.jar";

  private static final int IPV4_BYTES = 4;
  private static final byte LOOPBACK_NET = 127;

  private final Optional<TracingConfig> config;
  private final RequestSpans.NodeLabel label;
  private volatile @Nullable RequestSpans running;

  NodeTracing(NodeConfig config) {
    this.config = config.operation().tracing();
    this.label =
        new RequestSpans.NodeLabel(
            config.name().value(), config.identity().toString(), Version.text());
  }

  /** Whether the authorities are any, and spans leave this machine encrypted, if there are some. */
  static void trial(NodeConfig config, Findings findings) {
    config.operation().tracing().ifPresent(tracing -> trial(tracing, findings));
  }

  private static void trial(TracingConfig tracing, Findings findings) {
    String host = tracing.collector().getHost();
    if (tracing.collector().getScheme().equals("http") && !isHere(host)) {
      findings.warn(
          KEY + ".otlp",
          "spans go to " + host + " unencrypted, with addresses of clients and paths",
          "use https, or a collector on this machine");
    }
    tracing
        .authorities()
        .ifPresent(
            file ->
                findings.value(
                    KEY + ".ca",
                    Pem.readCertificates(file),
                    "name a PEM file with the CA's certificates"));
  }

  private static boolean isHere(String host) {
    return host.equals("localhost")
        || Addresses.parseLiteral(host.replaceAll("[\\[\\]]", ""))
            .filter(NodeTracing::isLoopback)
            .isPresent();
  }

  private static boolean isLoopback(byte[] address) {
    return address.length == IPV4_BYTES
        ? address[0] == LOOPBACK_NET
        : Addresses.format(address).equals("::1");
  }

  /**
   * Begins; a collector that cannot be reached stops no start.
   *
   * @return empty when the config has no tracing
   * @throws StartFailed when the files of room tracing are not there
   */
  Optional<RequestSpans> open() throws StartFailed {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    TracingConfig of = config.get();
    try {
      RequestSpans opened =
          provider()
              .open(
                  new RequestSpans.Settings(
                      label, of.collector(), of.authorities(), of.share(), of.mostRequests()));
      running = opened;
      return Optional.of(opened);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailed(KEY, FailureText.of(e), e);
    }
  }

  private static RequestSpans.Provider provider() throws IOException {
    Optional<RequestSpans.Provider> beside =
        ServiceLoader.load(RequestSpans.Provider.class, NodeTracing.class.getClassLoader())
            .findFirst();
    return beside.isPresent() ? beside.get() : inLayer();
  }

  private static RequestSpans.Provider inLayer() throws IOException {
    Path folder = folder();
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, FILES)) {
      all.forEach(files::add);
    }
    ModuleLayer boot = ModuleLayer.boot();
    try {
      ModuleLayer layer =
          boot.defineModulesWithOneLoader(
              boot.configuration()
                  .resolve(
                      ModuleFinder.of(files.toArray(Path[]::new)), ModuleFinder.of(), Set.of(ROOM)),
              NodeTracing.class.getClassLoader());
      return ServiceLoader.load(layer, RequestSpans.Provider.class)
          .findFirst()
          .orElseThrow(() -> new IOException("the room tracing in " + folder + " is another one"));
    } catch (FindException | ResolutionException e) {
      throw new IOException("the libraries for tracing are not whole in " + folder, e);
    }
  }

  private static Path folder() throws IOException {
    CodeSource source = NodeTracing.class.getProtectionDomain().getCodeSource();
    Path parent = null;
    try {
      parent = source == null ? null : Path.of(source.getLocation().toURI()).getParent();
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException("where this program lies is not known", e);
    }
    if (parent == null) {
      throw new IOException("where this program lies is not known");
    }
    return parent;
  }

  /** What became of spans; empty without tracing. */
  Optional<RequestSpans.Stats> stats() {
    return Optional.ofNullable(running).map(RequestSpans::stats);
  }

  /** How many requests wait to be sent as spans; empty without tracing. */
  Optional<QueueUse> queue() {
    return Optional.ofNullable(running).map(RequestSpans::queue);
  }

  @Override
  public void close() {
    RequestSpans spans = running;
    if (spans != null) {
      spans.close();
    }
  }
}
