package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.landfall.ca.CertificateAuthority;
import io.landfall.cli.Main;
import io.landfall.node.Node;
import io.landfall.testkit.Await;
import io.landfall.testkit.FakeCollector;
import io.landfall.testkit.OtlpSpan;
import io.landfall.tracing.OtlpProvider;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes as {@code ./landfall run} starts them, and a collector: the libraries of tracing are on
 * no module path, and loaded from beside the node's own.
 */
class TracingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FRA = "127.98.41.1";
  private static final String NYC = "127.98.41.2";
  private static final int CLIENTS = 7442;

  @TempDir Path folder;

  /** A jar of the room that a class is of. */
  private Path jar(String room, Class<?> type) throws IOException {
    Path lib = Files.createDirectories(folder.resolve("lib"));
    Path made = lib.resolve("landfall-" + room + "-0.jar");
    Path classes = ModulePaths.of(type);
    if (Files.isRegularFile(classes)) {
      return Files.copy(classes, made);
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return made;
  }

  /** The module path of a node whose own room lies in a folder with the libraries of tracing. */
  private String modulePath() throws IOException {
    Path node = jar("node", Node.class);
    jar("tracing", OtlpProvider.class);
    for (Path each : ModulePaths.ofTracing()) {
      Files.copy(each, node.resolveSibling(each.getFileName()));
    }
    return Arrays.stream(ModulePaths.modulePath().split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).equals(ModulePaths.of(Node.class)))
            .collect(Collectors.joining(File.pathSeparator))
        + File.pathSeparator
        + node;
  }

  private Path config(
      CertificateAuthority ca, String name, String address, String candidate, FakeCollector to)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    boolean hosts = name.equals("nyc");
    NodeFiles.write(
        ca,
        own,
        name,
        hosts ? "10.32.0.2" : "10.32.0.1",
        hosts ? new String[] {"shop"} : new String[0]);
    return Files.writeString(
        own.resolve("node.yaml"),
        """
        node: {name: NAME, identity: 10.32.0.NUMBER}
        overlay: {block: 10.32.0.0/23, listen: "ADDRESS:7441", candidates: ["CANDIDATE:7441"]}
        trust: {domain: landfall.test, ca: ../ca.pem, certificate: NAME.pem, key: NAME.key}
        edge: {listen: [{address: "ADDRESS:7442"}]}
        admin: {socket: node.sock}
        tracing: {otlp: "COLLECTOR", sample: 1}
        services:
          shop: {identity: 10.32.1.10, hosts: [shop.test]BACKENDS}
        """
            .replace("NAME", name)
            .replace("NUMBER", hosts ? "2" : "1")
            .replace("ADDRESS", address)
            .replace("CANDIDATE", candidate)
            .replace("COLLECTOR", to.url().toString())
            .replace(
                "BACKENDS",
                hosts
                    ? ", backends: [\"http://127.98.41.2:7443\"], probe: {tcp: true, interval: 300ms,"
                        + " timeout: 300ms}"
                    : ""));
  }

  private static String get(String path) {
    try (Socket socket = new Socket(FRA, CLIENTS)) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static HttpServer backend() {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(NYC, 7443), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 5);
            try (OutputStream out = exchange.getResponseBody()) {
              out.write("hello".getBytes(StandardCharsets.US_ASCII));
            }
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<OtlpSpan> span(FakeCollector collector, String node, long kind) {
    return collector.spans.stream()
        .filter(each -> each.kind() == kind)
        .filter(each -> node.equals(each.resource().get("service.instance.id")))
        .filter(each -> "200".equals(each.attributes().get("http.response.status_code")))
        .findFirst();
  }

  private String explained(String id) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    String socket = folder.resolve("fra/node.sock").toString();
    int code = Main.run(out, out, "--socket", socket, "explain", "--request", id);
    return code + "\n" + text;
  }

  @Test
  void oneRequestIsOneTraceOfTwoNodesAndCanBeExplained() throws IOException {
    CertificateAuthority ca = NodeFiles.authority(folder);
    HttpServer backend = backend();
    String modulePath = modulePath();
    List<String> flags = ModulePaths.flags();
    try (FakeCollector collector = new FakeCollector();
        NodeProcess fra =
            NodeProcess.startOnModulePath(
                flags, modulePath, config(ca, "fra", FRA, NYC, collector));
        NodeProcess nyc =
            NodeProcess.startOnModulePath(
                flags, modulePath, config(ca, "nyc", NYC, FRA, collector))) {
      Await.until(
          PATIENCE,
          "it is served",
          () -> get("/x?q=1").contains(" 200 "),
          () -> fra.log() + nyc.log());
      for (String node : List.of("fra", "nyc")) {
        Await.until(
            PATIENCE,
            "spans of " + node,
            () ->
                span(collector, node, OtlpSpan.SERVER).isPresent()
                    && span(collector, node, OtlpSpan.CLIENT).isPresent(),
            () -> collector.spans + fra.log() + nyc.log());
      }
      OtlpSpan landed = span(collector, "fra", OtlpSpan.SERVER).orElseThrow();
      OtlpSpan forwarded = span(collector, "fra", OtlpSpan.CLIENT).orElseThrow();
      OtlpSpan served = span(collector, "nyc", OtlpSpan.SERVER).orElseThrow();
      assertThat(forwarded.parent()).isEqualTo(landed.span());
      assertThat(served.parent()).isEqualTo(forwarded.span());
      assertThat(served.trace()).isEqualTo(landed.trace());
      String id = landed.attributes().getOrDefault("landfall.request.id", "");
      Await.until(
          PATIENCE,
          "both halves",
          () -> explained(id).contains("nyc: serve (LOCAL_UP)"),
          () -> explained(id));
      assertThat(explained(id))
          .startsWith("0\n")
          .contains("GET shop.test/x?q=1", "fra: forward (REMOTE_UP)");
      assertThat(explained("none")).startsWith("1\n").contains("no finished request");
      assertThat(fra.classes()).contains("io.landfall.tracing.SpanBatches");
    } finally {
      backend.stop(0);
    }
  }
}
