package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.checks.e2e.StreamingOrigin;
import io.landfall.checks.e2e.TakeoverClients;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
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

  private static final InetSocketAddress CLIENTS =
      new InetSocketAddress(InetAddress.ofLiteral("127.98.60.1"), 80);

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
    completionsAreThere();
    listOfLibrariesIsThere();
    assertThat(text("landfall", "--version")).startsWith("landfall 0.");
    assertThat(text("man", "--local-file", "/usr/share/man/man1/landfall-explain.1.gz"))
        .contains("SYNOPSIS", "EXIT STATUS");
    assertThat(text("systemd-analyze", "security", "--offline=true", "--no-pager", unit()))
        .satisfies(PackageLab::isHardened);
    Command.Ended unedited = Command.run("landfall", "check", CONFIG.toString());
    assertThat(unedited.succeeded()).isFalse();
    assertThat(unedited.text()).contains("node.yaml:", "node.name", "trust.certificate");

    configure();
    try (InstalledNode node = InstalledNode.start(CONFIG, folder)) {
      Await.until("READY=1", () -> node.told().contains("READY=1"), node::logged);
      Await.until(
          "it answers clients",
          () -> text("curl", "-si", "-m", "5", "http://127.98.60.1:80/").contains("421"));
      assertThat(text("landfall", "show", "status")).contains("services", "peers");
      assertThat(node.user()).isEqualTo("landfall");
      figure("MiB resident, idle, after the first start", node.residentMib());
      figure("ms of landfall show status, median of ten", medianMillisOfStatus());
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
    try (InstalledNode again = InstalledNode.start(CONFIG, folder)) {
      Await.until("READY=1", () -> again.told().contains("READY=1"), again::logged);
      figure("MiB resident, idle, with an archive of classes", again.residentMib());
      assertThat(again.stop()).isZero();
    }

    ok("dpkg", "--remove", "landfall");
    assertThat(CONFIG).exists();
    assertThat(Path.of("/usr/lib/landfall")).doesNotExist();
    ok("dpkg", "--purge", "landfall");
    assertThat(CONFIG).doesNotExist();
    assertThat(Path.of("/etc/landfall/node.key")).as("the operator's key").exists();
  }

  /** The scripts of the package run as below systemd, and the test is what they reach of it. */
  @Test
  void itsUpgradeTakesOverFromTheNodeThatRunsAndFailsNoRequest() throws Exception {
    LabRequirements.require("ip-netns-root", "dpkg");
    assertThat(CONFIG).as("a node of this machine's own").doesNotExist();
    String next = asVersion("99.0");
    try (StreamingOrigin origin = new StreamingOrigin(InetAddress.ofLiteral("127.98.60.11"));
        StubSystemctl systemctl = new StubSystemctl(folder);
        TakeoverClients clients = new TakeoverClients()) {
      ok(systemctl.before("dpkg", "--install", deb));
      assertThat(systemctl.newCalls()).as("nothing is started").containsOnly("daemon-reload");
      configure();
      serve(origin.url());
      try (InstalledNode node = InstalledNode.start(CONFIG, folder)) {
        Await.until(
            "the first 200", () -> TakeoverClients.serves(CLIENTS, "shop.example"), node::logged);
        figure("ms from the first start to the first 200", node.ageMillis());
        Await.until("READY=1", () -> node.told().contains("READY=1"), node::logged);
        clients.start(CLIENTS, "shop.example");
        Await.until("clients are served", () -> clients.answered.get() > 10, node::logged);

        upgrade(systemctl, node, next);
        assertThat(node.mainPid()).as(node.logged()).isNotEqualTo(node.firstPid());
        assertThat(node.logged()).contains("taken over");
        assertThat(systemctl.newCalls())
            .contains("daemon-reload", "is-active --quiet landfall.service")
            .noneMatch(call -> call.contains("restart"));
        assertThat(text("dpkg-query", "--show", "--showformat=${Version}", "landfall"))
            .isEqualTo("99.0");
        assertThat(node.mappedFiles().lines().filter(line -> line.contains("/usr/lib/landfall/")))
            .as("files of the new package")
            .isNotEmpty()
            .noneMatch(line -> line.endsWith("(deleted)"));
        long answered = clients.answered.get();
        Await.until("its successor serves", () -> clients.answered.get() > answered + 10);
        clients.stop();
        assertThat(clients.failures).as(node.logged()).isEmpty();
        assertThat(text("landfall", "show", "status")).contains("services", "peers");
        node.stopMain();
        assertThat(node.told()).contains("STOPPING=1");
      }
      // A unit that is active and has no process to take over from.
      systemctl.mainPid(0);
      ok(systemctl.before("dpkg", "--install", next));
      assertThat(systemctl.newCalls()).contains("try-restart landfall.service");
    }
  }

  /** Installs it over the one that runs; the manager learns meanwhile what the node reports. */
  private static void upgrade(StubSystemctl systemctl, InstalledNode node, String to) {
    CompletableFuture<Command.Ended> installed =
        CompletableFuture.supplyAsync(() -> Command.run(systemctl.before("dpkg", "--install", to)));
    Await.until(
        Duration.ofMinutes(3),
        "the package is installed",
        () -> {
          try {
            systemctl.mainPid(node.mainPid());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return installed.isDone();
        },
        node::logged);
    assertThat(installed.join().succeeded()).as(installed.join().text()).isTrue();
  }

  /** The same package as another version; its path. */
  private String asVersion(String version) throws IOException {
    Path tree = folder.resolve("tree");
    ok("dpkg-deb", "--raw-extract", deb, tree.toString());
    Path control = tree.resolve("DEBIAN/control");
    Files.writeString(
        control,
        Files.readString(control).replaceFirst("(?m)^Version: .*$", "Version: " + version));
    String made = folder.resolve("next.deb").toString();
    ok("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree.toString(), made);
    return made;
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

  private static void completionsAreThere() throws IOException {
    for (String path :
        List.of(
            "bash-completion/completions/landfall",
            "zsh/vendor-completions/_landfall",
            "fish/vendor_completions.d/landfall.fish")) {
      assertThat(Path.of("/usr/share", path)).content().contains("landfall", "explain");
    }
  }

  /** What scanners of libraries read. */
  private static void listOfLibrariesIsThere() throws IOException {
    String list = Files.readString(Path.of("/usr/share/doc/landfall/landfall.cdx.json"));
    assertThat(list)
        .containsPattern("\"bomFormat\" *: *\"CycloneDX\"")
        .contains("pkg:maven/io.netty/netty-handler@");
  }

  private static long medianMillisOfStatus() {
    return LongStream.range(0, 10)
        .map(
            _ -> {
              long begin = System.nanoTime();
              ok("landfall", "show", "status");
              return (System.nanoTime() - begin) / 1_000_000;
            })
        .sorted()
        .skip(5)
        .findFirst()
        .orElseThrow();
  }

  /** For docs/benchmarks.md: what differs from machine to machine, and is not asserted. */
  private static void figure(String what, long figure) {
    System.out.println("package: " + figure + " " + what);
  }

  private static String unit() {
    return Rooms.root().resolve("packaging/landfall.service").toString();
  }

  private static void isHardened(String report) {
    Matcher level = Pattern.compile("Overall exposure level .*: ([0-9.]+) ").matcher(report);
    assertThat(level.find()).as(report).isTrue();
    assertThat(Double.parseDouble(level.group(1))).isLessThanOrEqualTo(2.0);
  }

  /** A service with this backend. */
  private static void serve(String backend) throws IOException {
    Files.writeString(
        CONFIG,
        Files.readString(CONFIG)
            .replace(
                "services: {}\n",
                """
                services:
                  shop:
                    identity: 10.32.1.10
                    hosts: [shop.example]
                    backends: ["%s"]
                    probe: {tcp: true, interval: 500ms}
                """
                    .formatted(backend)));
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

  private static String text(String... command) {
    return Command.run(command).text();
  }

  private static void ok(String... command) {
    Command.Ended ended = Command.run(command);
    assertThat(ended.succeeded()).as(List.of(command) + ": " + ended.text()).isTrue();
  }
}
