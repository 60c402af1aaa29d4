package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.testkit.SkippedLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A lab that cannot run is never taken for one that passed. */
class LabRequirementsTest {
  @TempDir Path dir;

  @Test
  void aMissingRequirementSkipsAndIsWrittenDown() throws IOException {
    Path record = dir.resolve("target/skipped-labs.txt");

    assertThatThrownBy(() -> SkippedLab.decide("a.Lab.runs", List.of("no bird"), false, record))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no bird");

    assertThat(Files.readAllLines(record)).containsExactly("a.Lab.runs: no bird");
  }

  @Test
  void whereLabsMustRunAMissingRequirementFails() {
    Path record = dir.resolve("skipped.txt");

    assertThatThrownBy(() -> SkippedLab.decide("a.Lab.runs", List.of("no bird"), true, record))
        .isInstanceOf(AssertionError.class)
        .isNotInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no bird");
    assertThat(record).doesNotExist();
  }

  @Test
  void aRequirementThatNobodyDefinedIsAMistakeInTheTest() {
    assertThatThrownBy(() -> LabRequirements.require("brid"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("brid");
  }
}
