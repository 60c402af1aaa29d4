package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds of the file of the access log, without making or opening it. */
class AccessLogCheckTest {
  @TempDir Path folder;

  private List<String> problems(String file) throws IOException {
    for (String each : List.of("ca.pem", "fra.pem", "fra.key")) {
      Files.writeString(folder.resolve(each), "");
    }
    Path config =
        Files.writeString(
            folder.resolve("fra.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
            edge: {listen: [{address: "127.0.0.1:8080"}]}
            access-log: {file: "FILE"}
            """
                .replace("FILE", file));
    return switch (ConfigLoader.load(config)) {
      case ConfigResult.Valid valid -> {
        Findings findings = new Findings(valid.config());
        NodeAccessLog.trial(valid.config(), findings);
        yield findings.problems().stream().map(ConfigProblem::toString).toList();
      }
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.toString());
    };
  }

  @Test
  void aFileThatIsThereOrCanBeMadeIsFine() throws IOException {
    assertThat(problems("new.log")).isEmpty();
    assertThat(folder.resolve("new.log")).doesNotExist();
    Files.writeString(folder.resolve("old.log"), "");
    assertThat(problems("old.log")).isEmpty();
    assertThat(problems("-")).isEmpty();
  }

  @Test
  void aFolderThatIsNotThereAndWhatIsNoFileAreProblems() throws IOException {
    assertThat(problems("none/a.log"))
        .singleElement()
        .asString()
        .contains("access-log.file", "there is no folder", "/none");
    assertThat(problems("/proc/a.log"))
        .singleElement()
        .asString()
        .contains("no file can be made in /proc: its file system takes no new ones");
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().onExit().join().exitValue())
        .isZero();
    assertThat(problems("fifo")).singleElement().asString().contains("is no regular file");
    assertThat(problems("/dev/full")).singleElement().asString().contains("is no regular file");
  }
}
