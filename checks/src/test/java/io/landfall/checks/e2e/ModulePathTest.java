package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.Main;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node runs on the module path, with the flags that {@code ./landfall run} gives it: what the
 * descriptors require is all that it needs, and the native transport and TLS are found.
 */
class ModulePathTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Path config() throws IOException {
    NodeFiles.write(folder);
    return Files.writeString(
        folder.resolve("node.yaml"),
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.98.12.1:7421"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
        edge: {listen: [{address: "127.98.12.1:7422"}]}
        admin: {socket: node.sock}
        services:
          shop:
            identity: 10.32.1.10
            hosts: [shop.example]
            backends: ["http://127.98.12.1:7423"]
            cache: {compress: {}}
        """);
  }

  private boolean answers() {
    PrintWriter unread = new PrintWriter(Writer.nullWriter());
    String socket = folder.resolve("node.sock").toString();
    return Main.run(unread, unread, "--socket", socket, "show", "peers") == 0;
  }

  /**
   * The JDK looks for its own security providers among the modules and makes an instance of each
   * that it meets, so a library that is one must not be there.
   */
  @Test
  void aNodeOnTheModulePathLoadsNothingThatMakesCertificatesOrTraces() throws IOException {
    try (NodeProcess node =
        NodeProcess.startOnModulePath(ModulePaths.flags(), ModulePaths.modulePath(), config())) {
      Await.until(PATIENCE, "it is up", this::answers, node::log);

      assertThat(node.classes())
          .contains("io.landfall.node.Node")
          .doesNotContain("bouncycastle")
          .doesNotContain("io.landfall.ca.")
          .doesNotContain("opentelemetry")
          .doesNotContain("io.landfall.tracing.");
    }
  }

  /** An archive whose training stopped early makes no start fast, and nothing else tells. */
  @Test
  void theTrainingOfAFastStartComesToItsEndOnBothPaths() throws IOException {
    String training = "io.landfall.launcher.ArchiveTraining";
    String credentials = Files.createDirectory(folder.resolve("credentials")).toString();
    List<String> onModulePath = new ArrayList<>();
    onModulePath.add(TestJvm.java());
    onModulePath.add("--sun-misc-unsafe-memory-access=allow");
    onModulePath.addAll(ModulePaths.flags());
    onModulePath.addAll(
        List.of(
            "-p", ModulePaths.modulePath(), "-m", "io.landfall.launcher/" + training, credentials));

    Command.Ended onClassPath = Command.run(TestJvm.command(List.of(), training, credentials), "");
    assertThat(onClassPath.exitCode()).as(onClassPath.text()).isZero();
    Command.Ended second = Command.run(onModulePath, "");
    assertThat(second.exitCode()).as(second.text()).isZero();
  }

  @Test
  void aNodeRunsOnTheModulePath() throws IOException {
    try (NodeProcess node =
        NodeProcess.startOnModulePath(ModulePaths.flags(), ModulePaths.modulePath(), config())) {
      Await.until(PATIENCE, "it is up", this::answers, node::log);

      assertThat(node.jcmd("VM.system_properties"))
          .contains("jdk.module.main=io.landfall.launcher")
          .containsPattern("(?m)^java\\.class\\.path=$");
      assertThat(node.mappedFiles())
          .contains("netty_transport_native_epoll")
          .contains("netty_tcnative")
          .contains("libbrotli")
          .contains("libzstd");
      assertThat(node.log()).doesNotContain("WARNING").doesNotContain("no variants of this coding");
    }
  }
}
