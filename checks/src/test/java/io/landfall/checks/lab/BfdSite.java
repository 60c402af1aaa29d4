package io.landfall.checks.lab;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.cli.Main;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real node in a namespace, for labs about BFD. */
final class BfdSite {
  private static final Duration START = Duration.ofMinutes(2);

  /** The port of the metrics of a node, less its number: several may share a namespace. */
  private static final int METRICS = 9_200;

  private static final String PLAIN_EDGE = "edge: {listen: [{address: \"127.0.0.1:8080\"}]}\n";

  private final Path socket;
  private final ChildProcess process;
  private final Starting another;

  private BfdSite(Path socket, ChildProcess process, Starting another) {
    this.socket = socket;
    this.process = process;
    this.another = another;
  }

  /** Starts one more process of the same node. */
  private interface Starting {
    ChildProcess start(String label, String... options);
  }

  /** Another process of this node takes over. */
  BfdSite takenOver(String label) {
    return new BfdSite(socket, another.start(label, "--takeover"), another);
  }

  /** A certificate authority whose certificate is in {@code dir/ca.pem}. */
  static CertificateAuthority authority(Path dir) throws IOException {
    CertificateAuthority ca = CertificateAuthority.generate("bfd lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    return ca;
  }

  /**
   * Starts a node.
   *
   * @param number its identity is 10.32.0.NUMBER
   * @param sections the config without node, trust, edge and admin
   */
  static BfdSite start(
      NetworkNamespace namespace,
      Path dir,
      CertificateAuthority ca,
      String name,
      int number,
      String sections)
      throws IOException {
    return start(namespace, dir, ca, new Named(name, number, List.of("shop")), sections);
  }

  /**
   * Which node it is.
   *
   * @param number its identity is 10.32.0.NUMBER
   * @param services what it may host
   */
  record Named(String name, int number, List<String> services) {}

  /** The same for a node with other services than shop. */
  static BfdSite start(
      NetworkNamespace namespace, Path dir, CertificateAuthority ca, Named named, String sections)
      throws IOException {
    return startWith(namespace, dir, ca, named, PLAIN_EDGE + sections);
  }

  /** The same with an edge of its own among the sections, or without one. */
  static BfdSite startWith(
      NetworkNamespace namespace, Path dir, CertificateAuthority ca, Named named, String sections)
      throws IOException {
    String name = named.name();
    int number = named.number();
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("landfall.test"),
                new NodeName(name),
                Block.parse("10.32.0.0/23").parseHost("10.32.0." + number),
                named.services().stream().map(ServiceName::new).toList(),
                System.currentTimeMillis(),
                TimeUnit.DAYS.toMillis(1))),
        dir.resolve(name + ".pem"),
        dir.resolve(name + ".key"));
    Path config = dir.resolve(name + ".yaml");
    Path socket = dir.resolve(name + ".sock");
    Files.writeString(
        config,
        """
        node: {name: %1$s, identity: 10.32.0.%2$d}
        trust: {domain: landfall.test, ca: ca.pem, certificate: %1$s.pem, key: %1$s.key}
        admin: {socket: "%3$s", metrics: "127.0.0.1:%4$d"}
        """
                .formatted(name, number, socket, METRICS + number)
            + sections);
    Starting starting =
        (label, options) -> {
          List<String> command =
              new ArrayList<>(
                  TestJvm.small(96, Main.class.getName(), "run", "-c", config.toString()));
          command.addAll(List.of(options));
          return namespace.start(label, dir, command);
        };
    return new BfdSite(socket, starting.start(name), starting);
  }

  /** Waits until it answers: a JVM that starts on a loaded machine takes its time. */
  BfdSite awaitStart() {
    Await.until(START, "the node answers", () -> show("peers").startsWith("["), this::output);
    return this;
  }

  /** A view as JSON, or why there is none. */
  String show(String what) {
    return ask("show", what);
  }

  /** The answer to a command as JSON, or why there is none. */
  String ask(String command, String of) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    Main.run(writer, writer, "--socket", socket.toString(), command, of, "--json");
    writer.flush();
    return text.toString();
  }

  /** Has the node read the file of its config again. */
  String reload() {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    Main.run(writer, writer, "--socket", socket.toString(), "reload");
    writer.flush();
    return text.toString();
  }

  boolean isBfdUp() {
    return show("bfd").contains("\"state\":\"up\"");
  }

  boolean isAnnounced() {
    return show("ingress").contains("\"state\":\"announced\"");
  }

  ChildProcess process() {
    return process;
  }

  String output() {
    return process.output();
  }
}
