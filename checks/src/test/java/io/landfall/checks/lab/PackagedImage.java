package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.e2e.NodeFiles;
import io.landfall.lab.host.Command;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The container image that {@code ./package --oci} has made, as an engine has it: read, and run by
 * crun with a read-only root, one capability and a network namespace of its own.
 */
final class PackagedImage {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path tar;
  private final Path folder;
  private final OciLayout layout;

  PackagedImage(Path tar, Path folder) {
    this.tar = tar;
    this.folder = folder;
    Command.must("mkdir", folder + "/layout");
    Command.must("tar", "-xf", tar.toString(), "-C", folder + "/layout");
    this.layout = new OciLayout(folder.resolve("layout"));
  }

  /** It is what the specification wants, and what the pages say. */
  void isSound() throws IOException {
    assertThat(layout.faults()).isEmpty();
    Map<?, ?> run = OciLayout.map(layout.config().get("config"));
    assertThat(run.get("User")).isEqualTo("65532");
    assertThat(run.get("Entrypoint")).isEqualTo(List.of("/usr/bin/landfall"));
    assertThat(run.get("Cmd")).isEqualTo(List.of("run", "-c", "/etc/landfall/node.yaml"));
    assertThat(OciLayout.map(run.get("Volumes")))
        .hasToString("{/etc/landfall={}, /var/lib/landfall={}}");
    assertThat(OciLayout.map(run.get("ExposedPorts")))
        .hasToString("{80/tcp={}, 443/tcp={}, 8443/tcp={}}");
    assertThat(Files.size(tar)).as("bytes, as docs/deploy.md says").isLessThan(100 << 20);
  }

  /** It serves as the user 65532, writes nothing beside its volumes, and ends in good order. */
  void runsReadOnlyAsItsUser() throws IOException {
    Path bundle = Files.createDirectory(folder.resolve("bundle"));
    layout.unpackTo(bundle.resolve("rootfs"));
    Path config = Files.createDirectory(folder.resolve("etc"));
    Path state = Files.createDirectory(folder.resolve("state"));
    NodeFiles.write(config, "shop");
    Files.writeString(config.resolve("node.yaml"), CONFIG);
    Files.writeString(folder.resolve("hello"), "from the backend");
    Command.must("chown", "-R", "65532:65532", config.toString(), state.toString());
    try (NetworkNamespace namespace = NetworkNamespace.create("image", "fra")) {
      namespace.start(
          "backend",
          folder,
          List.of("/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "9000"));
      Map<String, Path> volumes = Map.of("/etc/landfall", config, "/var/lib/landfall", state);
      try (CrunContainer node =
          CrunContainer.start(bundle, layout.config(), namespace.name(), volumes)) {
        Await.until(
            PATIENCE,
            "it serves",
            () -> ask(namespace).endsWith("from the backend"),
            () -> ask(namespace) + node.log());
        assertThat(node.exec("/usr/bin/landfall", "show", "services"))
            .contains("1 of 1 backends up");
        assertThat(node.exec("/usr/bin/landfall", "--version")).startsWith("landfall 0.");
        assertThat(node.exec("/bin/sh", "-c", "echo $UID; : >/usr/x"))
            .startsWith("65532")
            .contains("Read-only file system");
        assertThat(node.mappedFiles())
            .as("native code, and the archive of classes, are where they were installed")
            .contains(
                "/usr/lib/landfall/modules.aot",
                "/usr/lib/landfall/native/libnetty_tcnative",
                "/usr/lib/landfall/native/libnetty_transport_native_epoll",
                "/usr/lib/landfall/native/libbrotli",
                "/usr/lib/landfall/native/libzstd")
            .doesNotContain("/tmp/");
        assertThat(node.exec("/usr/bin/landfall", "drain", "service", "shop")).isNotBlank();
        assertThat(state.resolve("operator.state")).as("on its volume").isNotEmptyFile();
        assertThat(node.stop()).as(node.log()).isEqualTo("ended with exit code 0");
        assertThat(node.log()).doesNotContain("WARNING");
      }
    }
  }

  private static String ask(NetworkNamespace namespace) {
    return namespace.run(
        "/usr/bin/curl", "-si", "-m", "5", "-H", "Host: shop.test", "http://127.0.0.1:80/hello");
  }

  private static final String CONFIG =
      """
      node: {name: fra, identity: 10.32.0.1}
      overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
      trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
      edge: {listen: [{address: "127.0.0.1:80"}]}
      admin: {socket: /run/landfall/landfall.sock, socket-group: landfall-admin, state-file: /var/lib/landfall/operator.state}
      services:
        shop:
          identity: 10.32.1.10
          hosts: [shop.test]
          backends: ["http://127.0.0.1:9000"]
          probe: {http: /hello, interval: 500ms}
          cache: {compress: {}}
      """;
}
