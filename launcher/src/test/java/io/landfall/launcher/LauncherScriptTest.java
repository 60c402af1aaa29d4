package io.landfall.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./landfall} in a folder of its own, with a JDK that only writes how it was started. */
class LauncherScriptTest {
  private record Ran(int code, String text) {}

  @TempDir Path folder;

  @BeforeEach
  void aBuiltTree() throws IOException {
    Path tree = Path.of("..").toAbsolutePath();
    Files.createDirectories(folder.resolve("tools"));
    for (String script : List.of("landfall", "tools/jdk25.sh", "tools/start.sh")) {
      Files.copy(tree.resolve(script), folder.resolve(script));
    }
    Files.createDirectories(folder.resolve("launcher/target/dist"));
    for (String name : List.of("classpath", "modulepath", "stamp", "trained")) {
      Files.writeString(folder.resolve("launcher/target/dist").resolve(name), "@/lib/a.jar");
    }
    Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    for (String name : List.of("java", "javac")) {
      program(bin.resolve(name), "echo \"started ${LC_ALL:-$LC_CTYPE, messages in $LC_MESSAGES}\"");
    }
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Ran landfall(Map<String, String> environment) throws IOException {
    return landfall(environment, "version");
  }

  private Ran landfall(Map<String, String> environment, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", folder.resolve("landfall").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String path = builder.environment().getOrDefault("PATH", "");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.onExit().join().exitValue(), text.strip());
  }

  private String jdk() {
    return folder.resolve("jdk").toString();
  }

  @Test
  void itNeedsNoHome() throws IOException {
    // A folder without java, so that it looks in all the places where a JDK may be.
    Path tools = Files.createDirectories(folder.resolve("bin"));
    for (String name : List.of("bash", "find", "readlink", "dirname", "sh")) {
      Path program = Path.of("/usr/bin").resolve(name);
      Files.createSymbolicLink(tools.resolve(name), program);
    }
    assertThat(landfall(Map.of("PATH", tools.toString())).text())
        .doesNotContain("unbound variable");
  }

  /** A node has no classes for certificates on its module path, which other commands need. */
  @Test
  void onlyTheCommandRunStartsOnTheModulePathWhateverElseIsCalledRun() throws IOException {
    program(folder.resolve("jdk/bin/java"), "echo \"$@\"");
    Map<String, String> environment = Map.of("JAVA_HOME", jdk());
    String node = "-m io.landfall.launcher/";
    assertThat(landfall(environment, "run", "-c", "ca").text()).contains(node);
    assertThat(landfall(environment, "--json", "--socket", "lab", "run", "-c", "lab").text())
        .contains(node);
    assertThat(landfall(environment, "--socket=run", "run").text()).contains(node);
    for (String words :
        List.of("help run", "show peers run", "drain service run", "--socket run show peers")) {
      assertThat(landfall(environment, words.split(" ")).text()).as(words).doesNotContain(node);
    }
  }

  @Test
  void aNodeHasTheCacheOfItsPathAndABeginOfTheHeapUnlessOneIsSet() throws IOException {
    program(folder.resolve("jdk/bin/java"), "echo \"$@\"");
    Path dist = folder.resolve("launcher/target/dist");
    for (String name : List.of("modules.aot", "landfall.jsa")) {
      Files.writeString(dist.resolve(name), "");
    }
    Map<String, String> environment = Map.of("JAVA_HOME", jdk());
    assertThat(landfall(environment, "run", "-c", "x").text())
        .contains("-XX:AOTCache=" + dist + "/modules.aot ", " -Xms160m ")
        .contains(" -Djdk.lang.Process.launchMechanism=FORK ")
        .doesNotContain("SharedArchiveFile");
    assertThat(landfall(environment, "show", "status").text())
        .contains("-XX:SharedArchiveFile=" + dist + "/landfall.jsa ")
        .doesNotContain("AOTCache", "-Xms", "launchMechanism");
    for (String set : List.of("-Xmx128m", "-XX:MaxHeapSize=1g", "-XX:InitialRAMPercentage=2")) {
      Map<String, String> own = Map.of("JAVA_HOME", jdk(), "LANDFALL_JAVA_OPTS", set);
      assertThat(landfall(own, "run", "-c", "x").text()).contains(set).doesNotContain("-Xms");
    }
  }

  @Test
  void aLocaleWithoutUtf8DoesNotKeepTheJvmFromFilesWithOtherLetters() throws IOException {
    String started = System.getProperty("os.name").equals("Linux") ? "started C.UTF-8" : "started";
    assertThat(landfall(Map.of("JAVA_HOME", jdk(), "LC_ALL", "C")).text()).startsWith(started);
    assertThat(landfall(Map.of("JAVA_HOME", jdk(), "LC_ALL", "C.utf8")).text())
        .isEqualTo("started C.utf8, messages in C");
  }

  /** The resolver's words for a name that is not there are read by the program. */
  @Test
  void whatTheSystemSaysIsNotTranslated() throws IOException {
    Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "as the script does");
    assertThat(landfall(Map.of("JAVA_HOME", jdk(), "LANG", "de_DE.UTF-8")).text())
        .as("with or without bash's word on a locale that is not installed")
        .contains("started de_DE.UTF-8, messages in C");
  }

  /** Its archive holds next to nothing then, and only starts that take longer would tell. */
  @Test
  void aTrainingThatStopsEarlyIsReportedWithItsLog() throws IOException {
    Files.delete(folder.resolve("launcher/target/dist/stamp"));
    Path tools = Files.createDirectories(folder.resolve("bin"));
    program(tools.resolve("mvn"), "cd launcher/target/dist.new && mkdir lib && : >lib/a.jar");
    program(
        folder.resolve("jdk/bin/java"),
        """
        case "$*" in *' -p '*ArchiveTraining*) exit 1 ;; esac
        for each in "$@"; do
          case "$each" in -XX:ArchiveClassesAtExit=*) echo archive >"${each#*=}" ;; esac
        done
        echo "started $LC_ALL\"""");

    Ran ran = landfall(Map.of("JAVA_HOME", jdk(), "PATH", tools + ":/usr/bin:/bin"));
    assertThat(ran.code()).as(ran.text()).isZero();
    assertThat(ran.text())
        .contains("training for a fast start did not come to its end")
        .contains("training-modules.aot.log")
        .doesNotContain("training-landfall.jsa.log");
  }

  /** A package needs none of the archives of the tree; who starts the program there does. */
  @Test
  void whatWasBuiltUntrainedIsTrainedByTheNextStartWithoutABuild() throws IOException {
    Path trained = folder.resolve("launcher/target/dist/trained");
    Files.delete(trained);
    assertThat(landfall(Map.of("JAVA_HOME", jdk(), "LANDFALL_UNTRAINED", "1")).text())
        .startsWith("started");
    assertThat(trained).doesNotExist();
    assertThat(landfall(Map.of("JAVA_HOME", jdk())).text())
        .contains("preparing a fast start")
        .doesNotContain("building");
    assertThat(landfall(Map.of("JAVA_HOME", jdk())).text()).startsWith("started");
  }

  @Test
  void whoMayNotBuildRunsTheBuildThereIs() throws IOException {
    // Newer than the stamp, and a lock that not even root can open for writing.
    Files.setLastModifiedTime(folder.resolve("launcher/target/dist/stamp"), FileTime.fromMillis(0));
    Files.createDirectories(folder.resolve("launcher/target/build.lock"));
    Ran old = landfall(Map.of("JAVA_HOME", jdk()));
    assertThat(old.code()).isZero();
    assertThat(old.text().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("older than its sources", "you may not write to"),
            line -> assertThat(line).startsWith("started"));

    Files.delete(folder.resolve("launcher/target/dist/stamp"));
    Ran none = landfall(Map.of("JAVA_HOME", jdk()));
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.text()).contains("nothing is built yet").doesNotContain("flock");
  }

  @Test
  void aTerminalsWidthIsPassedOnAndAPipeHasNone() throws IOException {
    Path pty = Path.of("/usr/bin/script");
    Assumptions.assumeTrue(Files.isExecutable(pty), "needs script(1) for a terminal");
    Files.writeString(folder.resolve("jdk/bin/java"), "#!/bin/sh\necho \"$*\"\n");
    assertThat(landfall(Map.of("JAVA_HOME", jdk())).text())
        .contains("version")
        .doesNotContain("landfall.columns");
    String inside = "stty cols 97; JAVA_HOME=" + jdk() + " bash " + folder + "/landfall version";
    Process process =
        new ProcessBuilder(pty.toString(), "-qec", inside, "/dev/null")
            .redirectErrorStream(true)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text).contains("-Dlandfall.columns=97 ");
  }
}
