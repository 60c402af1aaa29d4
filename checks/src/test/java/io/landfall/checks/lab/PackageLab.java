package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.checks.e2e.StreamingOrigin;
import io.landfall.checks.e2e.TakeoverClients;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package as an administrator sees it: made, installed, one file edited, run as its own
 * user with what systemd gives it, upgraded, removed. And the container image that is made with it.
 */
class PackageLab {
  private static final long IDLE_MIB = 160;
  private static final String ETC = "/etc/landfall";
  private static final Path CONFIG = Path.of(ETC, "node.yaml");

  /** The node's classes as the JVM maps them, made at the installation. */
  private static final Path ARCHIVE = Path.of("/usr/lib/landfall/modules.aot");

  private static final InetSocketAddress CLIENTS =
      new InetSocketAddress(InetAddress.ofLiteral("127.98.60.1"), 80);

  private static String deb = "";

  @TempDir Path folder;

  @BeforeAll
  static void itIsMade() throws IOException {
    LabRequirements.require("ip-netns-root", "dpkg");
    Command.Ended made =
        Command.run(
            "env",
            "LANDFALL_JARS=" + PackageUpgrade.jarsOfThisBuild(),
            "LANDFALL_COMPRESSION=4",
            "bash",
            Rooms.root().resolve("package").toString(),
            "--oci");
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

  /** The scripts of the package run as below systemd, and the test is what they reach of it. */
  @Test
  void itIsInstalledRunAsItsUserUpgradedWithoutALostRequestAndRemoved() throws Exception {
    LabRequirements.require("curl", "systemd-analyze", "man", "logrotate");
    assertThat(CONFIG).as("a node of this machine's own").doesNotExist();
    String next = PackageUpgrade.asVersion("99.0", deb, folder);
    try (StreamingOrigin origin = new StreamingOrigin(InetAddress.ofLiteral("127.98.60.11"));
        StubSystemctl systemctl = new StubSystemctl(folder)) {
      ok(systemctl.before(PackageUpgrade.install(deb)));
      assertThat(systemctl.newCalls()).as("nothing is started").containsOnly("daemon-reload");
      whatIsInstalledIsWhole();
      configure();
      serve(origin.url());
      try (SystemdMachine machine = SystemdMachine.boot(folder)) {
        new UnitOfPackage(machine, Files.readString(CONFIG), CLIENTS).holds();
      }
      try (InstalledNode node = InstalledNode.start(CONFIG, folder)) {
        itRunsAsItsUserFromTheFirstStartOnWithItsArchive(node);
        PackageUpgrade upgrade = new PackageUpgrade(systemctl, node, next);
        isUpgradedUnderLoad(node, systemctl, upgrade);
        upgrade.isRefusedWith(CONFIG);
        assertThat(TakeoverClients.serves(CLIENTS, "shop.example")).as(node.logged()).isTrue();
        node.stopMain();
        assertThat(node.sent()).contains("STOPPING=1", "EXTEND_TIMEOUT_USEC=");
      }
      withoutAnArchiveItIsConfiguredAndStartsAllTheSame(systemctl);
      isRemoved(systemctl);
    }
  }

  private void whatIsInstalledIsWhole() throws IOException {
    monitoringIsThere();
    completionsAreThere();
    listOfLibrariesIsThere();
    jarsAreOfOneTime();
    rotationIsThere();
    assertThat(text("landfall", "--version")).startsWith("landfall 0.");
    assertThat(text("man", "--local-file", "/usr/share/man/man1/landfall-explain.1.gz"))
        .contains("SYNOPSIS", "EXIT STATUS");
    assertThat(text("systemd-analyze", "security", "--offline=true", "--no-pager", unit()))
        .satisfies(PackageLab::isHardened);
    Command.Ended unedited = Command.run("landfall", "check", CONFIG.toString());
    assertThat(unedited.succeeded()).isFalse();
    assertThat(unedited.text()).contains("node.yaml:", "node.name", "trust.certificate");
    assertThat(text("find", "/usr/lib/landfall", "-not", "-user", "root", "-or", "-perm", "/022"))
        .as("code that another user could write, links aside")
        .satisfies(PackageLab::isOnlyLinks);
    assertThat(text("find /tmp -maxdepth 1 -user landfall -not -name hsperfdata_*".split(" ")))
        .as("what the training left, but for the JVM's own folder")
        .isEmpty();
  }

  /** No entry has the time of its build: the same source gives the same bytes. */
  private static void jarsAreOfOneTime() throws IOException {
    Set<LocalDateTime> times = new TreeSet<>();
    try (Stream<Path> jars = Files.list(Path.of("/usr/lib/landfall/lib"))) {
      for (Path jar : jars.filter(each -> each.toString().contains("/landfall-")).toList()) {
        try (ZipFile entries = new ZipFile(jar.toFile())) {
          entries.stream().forEach(entry -> times.add(entry.getTimeLocal()));
        }
      }
    }
    assertThat(times).hasSize(1);
  }

  private static void isOnlyLinks(String files) {
    assertThat(files.lines().filter(file -> !Files.isSymbolicLink(Path.of(file)))).isEmpty();
  }

  private void itRunsAsItsUserFromTheFirstStartOnWithItsArchive(InstalledNode node)
      throws IOException {
    isServing(node, "its first start");
    Await.until("READY=1", () -> node.sent().contains("READY=1"), node::logged);
    assertThat(node.user()).isEqualTo("landfall");
    assertThat(node.mappedFiles()).as("its classes").contains(ARCHIVE.toString());
    Await.until("WATCHDOG=1", () -> node.sent().contains("WATCHDOG=1"), node::logged);
    assertThat(text("landfall", "show", "status")).contains("services", "peers");
    long resident = node.residentMib();
    figure("MiB resident, idle, after the first start", resident);
    assertThat(resident).as("MiB of an idle node").isLessThanOrEqualTo(IDLE_MIB);
    figure("ms of landfall show status, median of ten", medianMillisOfStatus());
  }

  /** Waits for the first 200 that a client gets, and prints when it was and what it took. */
  private static void isServing(InstalledNode node, String which) {
    Await.until(
        Duration.ofSeconds(60),
        "the first 200",
        () -> TakeoverClients.serves(CLIENTS, "shop.example"),
        node::logged);
    figure("ms to the first 200, " + which, node.ageMillis());
    figure("ms of CPU until then, " + which, node.cpuMillis());
  }

  /** The files of a running node are replaced: dpkg renames, and what is mapped stays. */
  private void isUpgradedUnderLoad(
      InstalledNode node, StubSystemctl systemctl, PackageUpgrade upgrade) throws IOException {
    try (TakeoverClients clients = new TakeoverClients()) {
      clients.start(CLIENTS, "shop.example");
      Await.until("clients are served", () -> clients.answered.get() > 10, node::logged);
      systemctl.state("activating");
      upgrade.run();
      assertThat(node.mainPid()).as(node.logged()).isNotEqualTo(node.firstPid());
      assertThat(node.logged()).contains("taken over");
      assertThat(systemctl.newCalls())
          .contains("daemon-reload", "is-active landfall.service")
          .noneMatch(call -> call.contains("restart"));
      assertThat(text("dpkg-query", "--show", "--showformat=${Version}", "landfall"))
          .isEqualTo("99.0");
      assertThat(CONFIG).content().as("the operator's file").contains("127.98.60.1");
      assertThat(node.mappedFiles().lines().filter(line -> line.contains("/usr/lib/landfall/")))
          .as("files of the new package")
          .anyMatch(line -> line.endsWith(ARCHIVE.toString()))
          .noneMatch(line -> line.endsWith("(deleted)"));
      long answered = clients.answered.get();
      Await.until("its successor serves", () -> clients.answered.get() > answered + 10);
      clients.stop();
      assertThat(clients.failures).as(node.logged()).isEmpty();
      assertThat(text("landfall", "show", "status")).contains("services", "peers");
      assertThat(node.exitCode()).as("exit code of the process before").isZero();
    }
  }

  /** What dpkg does at an upgrade, where no archive can be made, and no node runs to take over. */
  private void withoutAnArchiveItIsConfiguredAndStartsAllTheSame(StubSystemctl systemctl)
      throws IOException {
    ok(systemctl.before("/var/lib/dpkg/info/landfall.prerm", "upgrade", "100.0"));
    assertThat(ARCHIVE).as("that of the files which are replaced").doesNotExist();
    systemctl.mainPid(0);
    systemctl.failing("setpriv", "train", "no such luck");
    String good = Files.readString(CONFIG);
    Files.writeString(CONFIG, good + "no-such-key: true\n");
    assertThat(configured(systemctl, "configure", "99.0"))
        .contains("no archive of classes was made", "no such luck")
        .contains("NOT RESTARTED", "no-such-key");
    assertThat(systemctl.newCalls()).noneMatch(call -> call.contains("restart"));
    Files.writeString(CONFIG, good);
    assertThat(configured(systemctl, "configure", "99.0")).doesNotContain("NOT RESTARTED");
    assertThat(systemctl.newCalls()).contains("try-restart landfall.service");
    assertThat(configured(systemctl, "abort-upgrade", "100.0"))
        .as("that of the version that stays is made again")
        .contains("no archive of classes was made");
    assertThat(configured(systemctl, "abort-remove")).contains("systemctl enable --now landfall");
    assertThat(systemctl.newCalls()).isEmpty();
    assertThat(text("find", "/usr/lib/landfall", "-name", "modules.aot*")).isEmpty();
    try (InstalledNode node = InstalledNode.start(CONFIG, folder)) {
      isServing(node, "without an archive");
      figure("MiB resident, idle, without an archive", node.residentMib());
      assertThat(node.stop()).as("exit code").isZero();
    }
    assertThat(ARCHIVE).as("a node writes no code").doesNotExist();
  }

  /** What the package's script prints when dpkg has it do this. */
  private static String configured(StubSystemctl systemctl, String... what) {
    List<String> command = new ArrayList<>(List.of("/var/lib/dpkg/info/landfall.postinst"));
    command.addAll(List.of(what));
    Command.Ended ended = Command.run(systemctl.before(command.toArray(String[]::new)));
    assertThat(ended.succeeded()).as(ended.text()).isTrue();
    return ended.text();
  }

  private static void isRemoved(StubSystemctl systemctl) throws IOException {
    // Not of the package's list: only its scripts take it away.
    Files.writeString(ARCHIVE, "");
    ok(systemctl.before("dpkg", "--remove", "landfall"));
    assertThat(systemctl.newCalls()).contains("--no-reload disable --now landfall.service");
    assertThat(CONFIG).exists();
    assertThat(Path.of("/usr/lib/landfall")).doesNotExist();
    ok(systemctl.before("dpkg", "--purge", "landfall"));
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

  private static void completionsAreThere() throws IOException {
    for (String path :
        List.of(
            "bash-completion/completions/landfall",
            "zsh/vendor-completions/_landfall",
            "fish/vendor_completions.d/landfall.fish")) {
      assertThat(Path.of("/usr/share", path)).content().contains("landfall", "explain");
    }
  }

  /** A file of the operator's from then on, and the one that the page shows. */
  private static void rotationIsThere() throws IOException {
    Path rotation = Path.of("/etc/logrotate.d/landfall");
    assertThat(text("dpkg-query", "--show", "--showformat=${Conffiles}", "landfall"))
        .contains(" " + CONFIG + " ", " " + rotation + " ");
    assertThat(Rooms.root().resolve("docs/access-log.md"))
        .content()
        .contains(Files.readString(rotation));
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
