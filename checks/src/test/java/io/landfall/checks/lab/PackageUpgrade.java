package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Puts a package over the one that is installed, while its node runs, and what comes of it. */
final class PackageUpgrade {
  private final StubSystemctl systemctl;
  private final InstalledNode node;
  private final String next;

  /** An upgrade to a package, of the unit whose main process is that of the node. */
  PackageUpgrade(StubSystemctl systemctl, InstalledNode node, String next) {
    this.systemctl = systemctl;
    this.node = node;
    this.next = next;
  }

  /** The folder of the program's jars as {@code ./verify} has just built them; empty for none. */
  static String jarsOfThisBuild() throws IOException {
    Path target = Rooms.root().resolve("launcher/target");
    Path jars = target.resolve("jars");
    Optional<Path> own =
        Arrays.stream(TestJvm.classPath().split(File.pathSeparator))
            .map(Path::of)
            .filter(entry -> entry.toString().endsWith(".jar") && entry.startsWith(target))
            .findFirst();
    if (own.isEmpty() || !Files.isDirectory(jars)) {
      return "";
    }
    Files.copy(
        own.get(),
        jars.resolve(own.get().getFileName().toString()),
        StandardCopyOption.REPLACE_EXISTING);
    return jars.toString();
  }

  /** Without a wait for the disk behind each file, of which no test needs any after a crash. */
  static String[] install(String file) {
    return new String[] {"dpkg", "--force-unsafe-io", "--install", file};
  }

  /**
   * The same package as another version, whose runtime has another build: its helper for child
   * processes serves no JVM of the one before.
   *
   * @return its path
   */
  static String asVersion(String version, String deb, Path folder) throws IOException {
    Path tree = folder.resolve("tree");
    ok("dpkg-deb", "--raw-extract", deb, tree.toString());
    Path control = tree.resolve("DEBIAN/control");
    Files.writeString(
        control,
        Files.readString(control).replaceFirst("(?m)^Version: .*$", "Version: " + version));
    Path helper = tree.resolve("usr/lib/landfall/runtime/lib/jspawnhelper");
    assertThat(helper).isExecutable();
    Files.writeString(helper, "#!/bin/sh\nexit 1\n");
    String made = folder.resolve("next.deb").toString();
    ok("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree.toString(), made);
    return made;
  }

  /**
   * Installs it; the manager learns meanwhile what the node reports.
   *
   * @return what that printed
   */
  String run() {
    CompletableFuture<Command.Ended> installed =
        CompletableFuture.supplyAsync(() -> Command.run(systemctl.before(install(next))));
    Await.until(
        Duration.ofMinutes(6),
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
    return installed.join().text();
  }

  /** With a config that the new program refuses: the package is there, and the node stays. */
  void isRefusedWith(Path config) throws IOException {
    String good = Files.readString(config);
    Files.writeString(config, good + "no-such-key: true\n");
    String log = node.logged();
    long before = node.mainPid();
    assertThat(run()).contains("NOT TAKEN OVER", "journalctl -u landfall", "kill -WINCH " + before);
    assertThat(node.mainPid()).as(node.logged()).isEqualTo(before);
    assertThat(ProcessHandle.of(before).map(ProcessHandle::isAlive)).contains(true);
    assertThat(node.logged().substring(log.length()))
        .contains("the program is started to take over", "no-such-key")
        .doesNotContain("taken over");
    assertThat(systemctl.newCalls())
        .contains("is-active landfall.service")
        .noneMatch(call -> call.contains("restart"));
    Files.writeString(config, good);
  }

  private static void ok(String... command) {
    Command.Ended ended = Command.run(command);
    assertThat(ended.succeeded()).as(List.of(command) + ": " + ended.text()).isTrue();
  }
}
