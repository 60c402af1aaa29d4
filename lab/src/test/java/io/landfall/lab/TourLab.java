package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole of it: three real nodes, six real backends, everything broken once and mended. */
class TourLab {
  @TempDir private Path directory = Path.of("");

  @Test
  void everyStepOfTheTourDoesWhatItShouldAndNothingIsLeftBehind() {
    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out, true);

    int code =
        new CommandLine(new LabCommand())
            .setOut(both)
            .setErr(both)
            .execute("--dir", directory.toString(), "--tour");

    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString()).contains("lab ready").contains("12 steps, 0 checks failed");
    assertThat(directory.resolve("lab.json")).doesNotExist();
    assertThat(directory.resolve("fra/admin.sock")).doesNotExist();
    assertThat(ProcessHandle.current().children()).isEmpty();
  }
}
