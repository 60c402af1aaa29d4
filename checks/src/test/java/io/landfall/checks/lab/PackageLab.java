package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package as an administrator sees it: made, installed, one file edited, run as its own
 * user with what systemd gives it, installed once more, removed. And the container image that is
 * made with it.
 */
class PackageLab {
  private static final String ETC = "/etc/landfall";
  private static final Path CONFIG = Path.of(ETC, "node.yaml");

  private static String deb = "";

  @TempDir Path folder;

  @BeforeAll
  static void itIsMade() {
    LabRequirements.require("ip-netns-root", "dpkg");
    Command.Ended made = Command.run("bash", Rooms.root().resolve("package").toString(), "--oci");
    assertThat(made.succeeded()).as(made.text()).isTrue();
    deb = made.text().strip().lines().toList().getLast();
    assertThat(deb).endsWith(".deb");
  }

  @AfterEach
  void purge() {
    Command.run("dpkg", "--purge", "landfall");
    Command.run("rm", "-rf", ETC, "/run/landfall");
    Command.run("deluser", "--quiet", "--system", "landfall");
  }

  @Test
  void itIsInstalledRunAsItsUserAndRemoved() throws Exception {
    LabRequirements.require("curl", "systemd-analyze", "man");
    assertThat(CONFIG).as("a node of this machine's own").doesNotExist();

    ok("dpkg", "--install", deb);
    monitoringIsThere();
    assertThat(text("landfall", "--version")).startsWith("landfall 0.");
    assertThat(text("man", "--local-file", "/usr/share/man/man1/landfall-explain.1.gz"))
        .contains("SYNOPSIS", "EXIT STATUS");
    assertThat(text("systemd-analyze", "security", "--offline=true", "--no-pager", unit()))
        .satisfies(PackageLab::isHardened);
    Command.Ended unedited = Command.run("landfall", "check", CONFIG.toString());
    assertThat(unedited.succeeded()).isFalse();
    assertThat(unedited.text()).contains("node.yaml:", "node.name", "trust.certificate");

    configure();
    try (Node node = Node.start(folder)) {
      Await.until("READY=1", () -> node.told().contains("READY=1"), node::logged);
      Await.until(
          "it answers clients",
          () -> text("curl", "-si", "-m", "5", "http://127.98.60.1:80/").contains("421"));
      assertThat(text("landfall", "show", "status")).contains("services", "peers");
      assertThat(node.user()).isEqualTo("landfall");
      Await.until("WATCHDOG=1", () -> node.told().contains("WATCHDOG=1"), node::logged);
      // The files of a running node are replaced: dpkg renames, and what is mapped stays.
      ok("dpkg", "--install", deb);
      assertThat(text("landfall", "show", "status")).contains("services", "peers");
      assertThat(CONFIG).content().as("the operator's file").contains("127.98.60.1");
      assertThat(node.stop()).as("exit code").isZero();
      assertThat(node.told()).contains("STOPPING=1", "EXTEND_TIMEOUT_USEC=");
    }
    assertThat(Path.of("/var/cache/landfall/classes/modules.jsa"))
        .as("for a faster start")
        .exists();
    try (Node again = Node.start(folder)) {
      Await.until("READY=1", () -> again.told().contains("READY=1"), again::logged);
      assertThat(again.stop()).isZero();
    }

    ok("dpkg", "--remove", "landfall");
    assertThat(CONFIG).exists();
    assertThat(Path.of("/usr/lib/landfall")).doesNotExist();
    ok("dpkg", "--purge", "landfall");
    assertThat(CONFIG).doesNotExist();
    assertThat(Path.of("/etc/landfall/node.key")).as("the operator's key").exists();
  }

  @Test
  void theImageIsSoundAndRunsReadOnlyAsItsUser() throws IOException {
    LabRequirements.require("curl", "crun", "python3");
    PackagedImage image = new PackagedImage(Path.of(deb.replace(".deb", ".oci.tar")), folder);
    image.isSound();
    image.runsReadOnlyAsItsUser();
  }

  /** The rules and dashboards of the tree, where the pages say that they are. */
  private static void monitoringIsThere() throws IOException {
    for (String kind : List.of("prometheus", "grafana")) {
      Path installed = Path.of("/usr/share/landfall", kind);
      String made = Rooms.root().resolve("packaging").resolve(kind).toString();
      ok("diff", "-r", made, installed.toString());
      assertThat(Rooms.root().resolve("docs/metrics.md")).content().contains(installed.toString());
    }
  }

  private static String unit() {
    return Rooms.root().resolve("packaging/landfall.service").toString();
  }

  private static void isHardened(String report) {
    Matcher level = Pattern.compile("Overall exposure level .*: ([0-9.]+) ").matcher(report);
    assertThat(level.find()).as(report).isTrue();
    assertThat(Double.parseDouble(level.group(1))).isLessThanOrEqualTo(2.0);
  }

  /** What an administrator does: certificates, and the places in angle brackets of one file. */
  private void configure() throws IOException {
    String ca = folder.resolve("ca").toString();
    ok("landfall", "ca", "init", "--dir", ca);
    ok(
        ("landfall ca issue --ca " + ca + " --domain cdn.example --node fra --identity 10.32.0.1")
            .concat(" --service shop --out " + folder)
            .split(" "));
    ok("install", "-m", "0644", ca + "/ca.pem", folder + "/fra.pem", ETC);
    ok("install", "-m", "0400", "-o", "landfall", folder + "/fra.key", ETC + "/node.key");
    ok("mv", ETC + "/fra.pem", ETC + "/node.pem");
    String template = Files.readString(CONFIG);
    Files.writeString(
        CONFIG,
        template
            .replaceAll("<this node[^>]*>", "fra")
            .replaceAll("<its address[^>]*>", "10.32.0.1")
            .replaceAll("<the block[^>]*>", "10.32.0.0/23")
            .replaceAll("<address where[^>]*>", "127.98.60.1")
            .replaceAll("<your trust domain[^>]*>", "cdn.example")
            .replace("0.0.0.0:80", "127.98.60.1:80"));
    ok("install", "-d", "-o", "landfall", "-g", "landfall", "/run/landfall");
    Command.Ended check = Command.run("landfall", "check", CONFIG.toString());
    assertThat(check.succeeded()).as(check.text()).isTrue();
  }

  /** The node as the unit starts it, and the socket that it tells how it is. */
  private record Node(Process process, Path log, Socket manager, StringBuilder messages)
      implements AutoCloseable {
    private static final String NAME = "landfall-package-lab";

    static Node start(Path folder) throws IOException {
      Epoll.ensureAvailability();
      Socket manager = Socket.newSocketDomainDgram();
      manager.bind(new DomainSocketAddress("\0" + NAME));
      Path log = folder.resolve("node.log");
      ProcessBuilder builder =
          new ProcessBuilder(
                  "setpriv",
                  "--reuid=landfall",
                  "--regid=landfall",
                  "--init-groups",
                  "--inh-caps=-all,+net_bind_service",
                  "--ambient-caps=-all,+net_bind_service",
                  "--bounding-set=-all,+net_bind_service",
                  "--no-new-privs",
                  "landfall",
                  "run",
                  "-c",
                  CONFIG.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("NOTIFY_SOCKET", "@" + NAME);
      builder.environment().put("WATCHDOG_USEC", "1000000");
      return new Node(builder.start(), log, manager, new StringBuilder());
    }

    /** What systemd has been told so far. */
    String told() {
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      try {
        for (var from = manager.recvFromDomainSocket(buffer, 0, 512);
            from != null;
            from = manager.recvFromDomainSocket(buffer, 0, 512)) {
          byte[] bytes = new byte[from.receivedAmount()];
          buffer.get(0, bytes);
          messages.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return messages.toString();
    }

    String logged() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return e.toString();
      }
    }

    String user() {
      return process.info().user().orElse("unknown");
    }

    int stop() {
      // What waits to be read takes the room of what is sent next.
      String _ = told();
      process.destroy();
      return process.onExit().join().exitValue();
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      manager.close();
    }
  }

  private static String text(String... command) {
    return Command.run(command).text();
  }

  private static void ok(String... command) {
    Command.Ended ended = Command.run(command);
    assertThat(ended.succeeded()).as(List.of(command) + ": " + ended.text()).isTrue();
  }
}
