package io.landfall.checks.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/flakes.sh} names the tests that failed once, off surefire's reports. */
class TestsThatFailedOnceTest {
  @TempDir Path dir;

  private List<String> named(String element) throws IOException, InterruptedException {
    Path reports = Files.createDirectories(dir.resolve("edge/target/surefire-reports"));
    Files.writeString(
        reports.resolve("TEST-io.landfall.X.xml"),
        """
      <testsuite name="io.landfall.X" time="1.0" tests="2" errors="0" skipped="0" failures="0" flakes="1">
        <testcase name="passes" classname="io.landfall.X" time="0.5"/>
        <testcase name="isLate" classname="io.landfall.X" time="0.5">
          <%s message="never: &quot;it is up&quot;&#10;after 20 s" type="java.lang.AssertionError">
            <stackTrace><![CDATA[java.lang.AssertionError: never]]></stackTrace>
          </%1$s>
        </testcase>
      </testsuite>
      """
            .formatted(element));
    Path tool = Rooms.root().resolve("tools/flakes.sh");
    Path output = dir.resolve("named");
    assertThat(LeakedBuffersTest.ended(List.of(tool.toString(), dir.toString()), output)).isZero();
    return Files.readAllLines(output);
  }

  @Test
  void canaryWhatPassedWhenItRanAgainIsNamed() throws IOException, InterruptedException {
    String line = "io.landfall.X.isLate: never: \"it is up\" after 20 s";
    assertThat(named("flakyFailure")).containsExactly(line);
    assertThat(named("flakyError")).containsExactly(line);
  }

  @Test
  void whatFailedBothTimesIsNot() throws IOException, InterruptedException {
    assertThat(named("failure")).isEmpty();
  }
}
