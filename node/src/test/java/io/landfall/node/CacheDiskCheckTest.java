package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.testkit.TestJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds of the folder of the cache's disk, and of slices. */
class CacheDiskCheckTest {
  @TempDir Path folder;
  private Path disk = Path.of("unused");

  @BeforeEach
  void namesTheDisk() {
    disk = folder.resolve("disk");
  }

  private NodeConfig config(String path, String size, String cached) throws IOException {
    for (String each : List.of("ca.pem", "fra.pem", "fra.key", "revoked")) {
      Files.writeString(folder.resolve(each), "");
    }
    Path file = folder.resolve("fra.yaml");
    Files.writeString(
        file,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:0"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
        edge: {listen: [{address: "127.0.0.1:8080"}]}
        cache: {disk: {path: PATH, size: SIZE}
        services:
          shop:
            identity: 10.32.1.10
            hosts: [shop.test]
            backends: ["http://127.0.0.1:1"]
            probe: {tcp: true}
            CACHED
        """
            .replace("PATH", path)
            .replace("SIZE", size.contains("}") ? size : size + "}")
            .replace("CACHED", cached)
            .replace(":0\"", ":8443\""));
    return switch (ConfigLoader.load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.toString());
    };
  }

  private Findings findings(String size) throws IOException {
    NodeConfig config = config(disk.toString(), size, "cache: {}");
    Findings findings = new Findings(config);
    CacheDiskTrial.of(config, findings);
    return findings;
  }

  private static ConfigProblem only(Findings findings) {
    assertThat(findings.problems()).hasSize(1);
    return findings.problems().getFirst();
  }

  @Test
  void slicesThatTheMemoryCannotStoreAreWarnedOf() throws IOException {
    for (String slice : List.of("1MiB", "16MiB")) {
      NodeConfig config =
          config(disk.toString(), "128MiB", "cache: {memory-percent: 10, slice: " + slice + "}");
      Findings findings = new Findings(config);
      CacheFromConfig.warnOfSlices(config, findings);
      assertThat(findings.problems()).isEmpty();
      assertThat(findings.warnings())
          .extracting(ConfigProblem::key)
          .isEqualTo(slice.equals("1MiB") ? List.of() : List.of("services.shop.cache.slice"));
    }
  }

  @Test
  void aFolderThatIsThereOrCanBeMadeIsRight() throws IOException {
    assertThat(findings("128MiB").problems()).isEmpty();
    assertThat(disk).doesNotExist();
    Files.createDirectory(disk);
    assertThat(findings("128MiB").problems()).isEmpty();
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    Files.writeString(disk, "a file");
    ConfigProblem problem = only(findings("128MiB"));
    assertThat(problem.key()).isEqualTo("cache.disk.path");
    assertThat(problem.rule()).contains("is no folder");
  }

  @Test
  void aLogOfPurgesInTheDisksFolderIsRefused() throws IOException {
    NodeConfig config =
        config(disk.toString(), "128MiB}, purge-log: \"" + disk + "/log\"", "cache: {}");
    Findings findings = new Findings(config);
    CacheDiskTrial.of(config, findings);
    assertThat(only(findings).key()).isEqualTo("cache.purge-log");
  }

  @Test
  void moreThanTheFileSystemHasIsRefused() throws IOException {
    ConfigProblem problem = only(findings("16384GiB"));
    assertThat(problem.key()).isEqualTo("cache.disk.size");
    assertThat(problem.rule()).contains("whole file system");
  }

  /** A process that has a folder until it is ended. */
  static final class Holder {
    private Holder() {}

    /** With the file that is locked. */
    public static void main(String[] arguments) throws IOException {
      try (FileChannel file = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
          FileLock held = file.lock()) {
        System.out.println(held.isValid());
        // Until the test closes its end.
        int end = System.in.read();
        System.out.println(end);
      }
    }
  }

  @Test
  void aFolderThatAnotherNodeHasIsRefused() throws IOException, InterruptedException {
    Files.createDirectory(disk);
    Path lock = Files.writeString(disk.resolve("lock"), "nyc.landfall.test");
    Process holder =
        new ProcessBuilder(TestJvm.small(32, Holder.class.getName(), lock.toString())).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.US_ASCII))) {
      assertThat(out.readLine()).isEqualTo("true");
      ConfigProblem problem = only(findings("128MiB"));
      assertThat(problem.key()).isEqualTo("cache.disk.path");
      assertThat(problem.rule()).endsWith("is used by nyc.landfall.test");
      Files.writeString(lock, "fra.landfall.test");
      // That is this node, which runs: its config may be checked.
      assertThat(findings("128MiB").problems()).isEmpty();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    Files.writeString(lock, "nyc.landfall.test");
    assertThat(findings("128MiB").problems()).isEmpty();
  }

  private Findings severalDisks(String... paths) throws IOException {
    String rest =
        Stream.of(paths)
            .skip(1)
            .map(each -> "{path: \"" + each + "\", size: 128MiB}")
            .collect(Collectors.joining(", ", ", ", ""));
    NodeConfig config = listed(paths[0], rest);
    Findings findings = new Findings(config);
    CacheDiskTrial.of(config, findings);
    return findings;
  }

  private NodeConfig listed(String first, String rest) throws IOException {
    Path file = folder.resolve("fra.yaml");
    config(first, "128MiB", "cache: {}");
    String text =
        Files.readString(file)
            .replace("disk: {path: " + first, "disk: [{path: " + first)
            .replace("size: 128MiB}}", "size: 128MiB}" + rest + "]}");
    Files.writeString(file, text);
    return switch (ConfigLoader.load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.toString());
    };
  }

  @Test
  void oneOfSeveralDisksThatCannotBeUsedIsWarnedOf() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Findings findings = severalDisks(disk.toString(), folder + "/other", file.toString());
    assertThat(findings.problems()).as("the node starts").isEmpty();
    assertThat(findings.warnings()).hasSize(1);
    assertThat(findings.warnings().getFirst().key()).isEqualTo("cache.disk[2].path");
    assertThat(findings.warnings().getFirst().rule()).endsWith("file is no folder");
  }

  @Test
  void twoDisksThatAreOneByALinkAreRefused() throws IOException {
    Files.createDirectory(disk);
    Path link = Files.createSymbolicLink(folder.resolve("link"), disk);
    assertThat(only(severalDisks(disk.toString(), link.toString())).rule())
        .endsWith("link is the folder of cache.disk[0] too");
    Findings inside = severalDisks(disk.toString(), link + "/in/it");
    assertThat(only(inside).key()).isEqualTo("cache.disk[1].path");
    assertThat(only(inside).rule()).endsWith("is inside the folder of cache.disk[0]");
    assertThat(severalDisks(disk.toString(), folder + "/other").problems()).isEmpty();
  }

  private Findings purgeLog(String of) throws IOException {
    NodeConfig config = config(disk.toString(), "128MiB}" + of, "cache: {}");
    Findings findings = new Findings(config);
    CacheDiskTrial.of(config, findings);
    return findings;
  }

  @Test
  void aLogOfPurgesThatIsNoFolderIsRefusedWhereItWasAskedFor() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "a file");
    ConfigProblem problem = only(purgeLog(", purge-log: \"" + log + "\""));
    assertThat(problem.key()).isEqualTo("cache.purge-log");
    assertThat(problem.rule()).endsWith("log is no folder");
    Files.delete(log);
    assertThat(purgeLog(", purge-log: \"" + log + "\"").problems()).isEmpty();
    // Beside the state file, where none was asked for.
    Files.writeString(NodeCache.purgeLog(config(disk.toString(), "128MiB", "")), "a file");
    Findings findings = purgeLog("");
    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings())
        .extracting(ConfigProblem::key)
        .containsExactly("cache.purge-log");
  }

  @Test
  void aLogOfPurgesThatAnotherNodeHasIsRefused() throws IOException, InterruptedException {
    Path log = Files.createDirectory(folder.resolve("log"));
    Path lock = Files.writeString(log.resolve("lock"), "nyc");
    Process holder =
        new ProcessBuilder(TestJvm.small(32, Holder.class.getName(), lock.toString())).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.US_ASCII))) {
      assertThat(out.readLine()).isEqualTo("true");
      ConfigProblem problem = only(purgeLog(", purge-log: \"" + log + "\""));
      assertThat(problem.key()).isEqualTo("cache.purge-log");
      assertThat(problem.rule()).endsWith("is used by nyc");
      Files.writeString(lock, "fra");
      // That is this node, which runs.
      assertThat(purgeLog(", purge-log: \"" + log + "\"").problems()).isEmpty();
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void withoutACachedServiceItHasNoEffect() throws IOException {
    NodeConfig config = config(disk.toString(), "128MiB", "");
    Findings findings = new Findings(config);
    CacheDiskTrial.of(config, findings);
    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings()).hasSize(1);
  }
}
