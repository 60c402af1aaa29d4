package io.landfall.checks.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Netty's leak detector only writes a line; {@code tools/leaks.sh} finds it in the log of a run,
 * and {@code ./verify} fails then. Here is a real leak as canary, with the flags of room edge.
 */
class LeakedBuffersTest {
  private static final long DEADLINE_SECONDS = 120;

  @TempDir Path dir;

  /** What a run wrote and how {@code tools/leaks.sh} judges it. */
  private int judged(Path log) throws IOException, InterruptedException {
    Path tool = Rooms.root().resolve("tools/leaks.sh");
    return ended(List.of(tool.toString(), log.toString()), dir.resolve("judged"));
  }

  static int ended(List<String> command, Path output) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("it ends: %s", command).isTrue();
    return process.exitValue();
  }

  private Path run(String... arguments) throws IOException, InterruptedException {
    String pom = Files.readString(Rooms.EDGE.folder().resolve("pom.xml"));
    Matcher level = Pattern.compile("<leaks\\.level>(\\w+)</leaks\\.level>").matcher(pom);
    assertThat(level.find()).as("the tests of edge run with a detector").isTrue();
    List<String> flags =
        Pattern.compile("-Dio\\.netty\\.leakDetection\\.[^ <]+")
            .matcher(pom)
            .results()
            .map(flag -> flag.group().replace("${leaks.level}", level.group(1)))
            .toList();
    assertThat(flags).as("and see every buffer").hasSize(2);
    String[] words = new String[1 + arguments.length];
    words[0] = PlantedLeak.class.getName();
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    Path log = dir.resolve("run.log");
    assertThat(
            ended(
                TestJvm.command(
                    Stream.concat(Stream.of("-Xmx64m"), flags.stream()).toList(), words),
                log))
        .isZero();
    return log;
  }

  @Test
  void canaryABufferThatIsDroppedFailsTheBuild() throws IOException, InterruptedException {
    assertThat(judged(run())).isEqualTo(1);
    assertThat(Files.readString(dir.resolve("judged"))).contains("release() was not called");
  }

  @Test
  void canaryBuffersThatAreReleasedDoNot() throws IOException, InterruptedException {
    assertThat(judged(run("release"))).isZero();
  }

  @Test
  void canaryTheDrillsThatSpeakOfLeaksAreNone() throws IOException, InterruptedException {
    Path log = Files.writeString(dir.resolve("drill.log"), "[INFO] Running LeakDrill LEAK\n");
    assertThat(judged(log)).isZero();
  }

  @Test
  void theBuildAsks() throws IOException {
    assertThat(Files.readString(Rooms.root().resolve("verify")))
        .contains("leaks=$(tools/leaks.sh \"$log\") || result=1");
  }
}
