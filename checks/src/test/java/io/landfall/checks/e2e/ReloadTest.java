package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.Main;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node as a process, whose config and list of revocations are reloaded by a signal or command.
 */
class ReloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String SERVICE =
      """
      services:
        shop: {identity: 10.32.1.10, hosts: [shop.test], backends: ["http://127.98.7.2:7413"]}
      """;

  @TempDir Path folder;
  private Path revoked;
  private Path config;
  private NodeProcess node;

  private record Ran(int code, String out, String err) {}

  @BeforeEach
  void aNodeWithAnEmptyList() throws IOException {
    revoked = Files.writeString(folder.resolve("revoked"), "");
    NodeFiles.write(folder, "shop");
    config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.7.1:7411"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key, revoked: revoked}
            edge: {listen: [{address: "127.98.7.1:7412"}]}
            admin: {socket: node.sock}
            """);
    node = NodeProcess.start(config);
    Await.until(PATIENCE, "it is up", () -> landfall("show", "peers").code() == 0, node::log);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Ran landfall(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 2];
    all[0] = "--socket";
    all[1] = folder.resolve("node.sock").toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), all);
    return new Ran(code, out.toString(), err.toString());
  }

  @Test
  void theCommandAnswersWhatIsInForceOrTheProblemWithFileAndLine() throws IOException {
    Files.writeString(revoked, "node nyc\nserial 4f2a91\n");
    Ran good = landfall("reload");
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).contains(revoked + ": 2 entries in force");
    assertThat(landfall("show", "revocations").out())
        .contains(revoked.toString())
        .containsPattern("node +nyc")
        .containsPattern("serial +4f2a91");

    Files.writeString(revoked, "node nyc\n\nserial nonsense\n");
    Ran bad = landfall("reload");
    assertThat(bad.code()).isEqualTo(1);
    assertThat(bad.err())
        .contains(revoked + ":3: 'nonsense' is not 1 to 40 hex digits")
        .contains("the list before stays in force");
    assertThat(landfall("show", "revocations").out())
        .contains("NOT IN FORCE AS IT IS: " + revoked + ":3: ")
        .containsPattern("serial +4f2a91");

    node.close();
    assertThat(landfall("reload").code()).isEqualTo(3);
  }

  @Test
  void aHangupReloadsAndDoesNotEndTheProcess() throws IOException {
    Files.writeString(revoked, "node nyc\n");
    node.hangUp();
    Await.until(
        PATIENCE,
        "the signal is answered in the log",
        () -> node.log().contains("why=SIGHUP result=\"" + revoked + ": 1 entries in force, "),
        node::log);
    Files.writeString(revoked, "nodes nyc\n");
    node.hangUp();
    Await.until(
        PATIENCE,
        "the second is too",
        () -> node.log().contains("why=SIGHUP result=\"" + revoked + ":1: "),
        node::log);
    assertThat(node.isAlive()).isTrue();
    assertThat(landfall("show", "revocations").out()).containsPattern("node +nyc");
  }

  /**
   * The config is read from a pipe, so that it is known when the process starts: what signals ask
   * for then is done once there is a node, and the config that was read is the one in force.
   */
  @Test
  void signalsAndAChangeOfTheConfigDuringAStartCountAfterIt() throws Exception {
    node.close();
    String first = Files.readString(config);
    Files.delete(config);
    assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor()).isZero();
    node = NodeProcess.start(config);
    try (OutputStream pipe =
        CompletableFuture.supplyAsync(this::opened).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      node.hangUp();
      node.signal("USR1");
      Path other = Files.writeString(folder.resolve("other.yaml"), first + SERVICE);
      Files.move(other, config, StandardCopyOption.REPLACE_EXISTING);
      pipe.write(first.getBytes(StandardCharsets.UTF_8));
    }
    Await.until(
        PATIENCE,
        "in the log",
        () -> inForce().contains("actor=SIGHUP generation=2 hash="),
        node::log);
    assertThat(landfall("show", "services").out()).contains("shop.test");
    assertThat(node.isAlive()).isTrue();
  }

  private OutputStream opened() {
    try {
      return Files.newOutputStream(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aHangupAppliesTheConfigAsItIsNowAndTheLogNamesWhoAskedForIt() throws IOException {
    assertThat(landfall("show", "services").out()).doesNotContain("shop");
    Files.writeString(config, Files.readString(config) + SERVICE);
    node.hangUp();
    Await.until(
        PATIENCE,
        "the service is there",
        () -> landfall("show", "services").out().contains("shop.test"),
        node::log);
    Await.until(
        PATIENCE,
        "in the log",
        () -> inForce().contains("actor=SIGHUP generation=2 hash="),
        node::log);

    Files.writeString(config, Files.readString(config).replace("shop.test", "store.test"));
    Ran applied = landfall("configure", "apply", config.toString());
    assertThat(applied.code()).as(applied.err()).isZero();
    assertThat(landfall("show", "services").out()).contains("store.test");
    long ownPid = ProcessHandle.current().pid();
    Await.until(
        PATIENCE,
        "in the log",
        () -> inForce().matches(".* actor=\"uid \\d+ \\(pid " + ownPid + "\\)\" .*"),
        node::log);
  }

  /** The last line of the log of a config that is in force. */
  private String inForce() {
    return node.log()
        .lines()
        .filter(line -> line.contains("config in force"))
        .reduce("", (_, last) -> last);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aStopByASignalIsNoFailure(String signal) {
    node.signal(signal);
    assertThat(node.exitCode()).as(node.log()).isZero();
    assertThat(node.log()).containsOnlyOnce("node down");
  }
}
