package io.landfall.checks.lab;

import io.landfall.cli.Main;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.trust.TrustDomain;
import io.landfall.trust.ca.CertificateAuthority;
import io.landfall.trust.ca.CertificateRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real node at 192.0.2.2 in a namespace, whose upstream router 192.0.2.1 is watched by BFD. */
final class BfdSite {
  private final Path socket;
  private final LabProcess process;

  private BfdSite(Path socket, LabProcess process) {
    this.socket = socket;
    this.process = process;
  }

  static BfdSite start(NetworkNamespace namespace, Path dir) throws IOException {
    long now = System.currentTimeMillis();
    CertificateAuthority ca = CertificateAuthority.generate("bfd lab", now);
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("landfall.test"),
                new NodeName("fra"),
                Block.parse("10.32.0.0/23").parseHost("10.32.0.1"),
                List.of(),
                now,
                TimeUnit.DAYS.toMillis(1))),
        dir.resolve("fra.pem"),
        dir.resolve("fra.key"));
    Path config = dir.resolve("fra.yaml");
    Path socket = dir.resolve("fra.sock");
    Files.writeString(
        config,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
        ingress:
          prefixes: [198.51.100.0/24]
          upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496, bfd: true}]
        edge: {listen: [{address: "127.0.0.1:8080"}]}
        admin: {socket: "%s"}
        """
            .formatted(socket));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                Main.class.getName(),
                "run",
                "-c",
                config.toString()));
    return new BfdSite(socket, namespace.start("fra", dir, command));
  }

  /** A view as JSON, or why there is none. */
  String show(String what) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    Main.run(writer, writer, "--socket", socket.toString(), "show", what, "--json");
    writer.flush();
    return text.toString();
  }

  boolean isBfdUp() {
    return show("bfd").contains("\"state\":\"up\"");
  }

  boolean isAnnounced() {
    return show("ingress").contains("\"state\":\"announced\"");
  }

  String output() {
    return process.output();
  }
}
