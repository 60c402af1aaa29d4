package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code access-log}: where the lines go, and how they look. */
class AccessLogReaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String accessLog) {
    return ConfigFolder.GOOD + "access-log: " + accessLog + "\n";
  }

  private Optional<AccessLogConfig> read(String accessLog) {
    return folder.valid(with(accessLog)).operation().accessLog();
  }

  private void assertProblem(String accessLog, String... words) {
    assertThat(folder.problems(with(accessLog))).singleElement().asString().contains(words);
  }

  @Test
  void withoutItThereIsNone() {
    assertThat(folder.valid(ConfigFolder.GOOD).operation().accessLog()).isEmpty();
  }

  @Test
  void aFileIsEnoughAndIsBesideTheConfig() {
    assertThat(read("{file: access.log}"))
        .contains(
            new AccessLogConfig(
                Optional.of(temp.resolve("access.log")), AccessLogConfig.Format.JSON, 4 << 20));
  }

  @Test
  void aHyphenIsStandardOutput() {
    assertThat(read("{file: \"-\", format: combined, buffer: 1MiB}"))
        .contains(new AccessLogConfig(Optional.empty(), AccessLogConfig.Format.COMBINED, 1 << 20));
  }

  @Test
  void whatIsNoneIsAProblemWithItsKey() {
    assertProblem("{}", "access-log.file: is missing");
    assertProblem("{file: .}", "access-log.file: ", "is a folder", "name a file in it");
    assertProblem("{file: a, format: clf}", "access-log.format: ", "json, combined");
    assertProblem("{file: a, buffer: 1KiB}", "access-log.buffer: ");
    assertProblem("{file: a, rotate: daily}", "access-log.rotate: unknown key");
  }
}
