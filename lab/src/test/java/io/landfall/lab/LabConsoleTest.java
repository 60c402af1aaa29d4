package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** When a person is told that something is still waited for. */
class LabConsoleTest {
  private final StringWriter out = new StringWriter();
  private long now = 1_000_000_000_000L;
  private final LabConsole console =
      new LabConsole(new PrintWriter(out), new PrintWriter(out), () -> now);

  @Test
  void aWaitIsALineOnceNothingWasPrintedForFiveSeconds() {
    now += LabConsole.QUIET_NANOS - 1;
    console.waiting("site fra");
    assertThat(out.toString()).isEmpty();
    now++;
    console.waiting("site fra");
    console.waiting("site fra");
    assertThat(out.toString()).isEqualTo("   5.00 s  still waiting: site fra\n");
    now += LabConsole.QUIET_NANOS;
    console.waiting("site nyc");
    assertThat(out.toString().lines()).hasSize(2).last().asString().contains("10.00 s", "nyc");
  }

  @Test
  void whatIsPrintedMeanwhilePutsItOff() {
    now += LabConsole.QUIET_NANOS - 1;
    console.progress("3 nodes starting");
    now += LabConsole.QUIET_NANOS - 1;
    console.waiting("site fra");
    console.say("a line");
    now += LabConsole.QUIET_NANOS - 1;
    console.waiting("site fra");
    assertThat(out.toString().lines()).hasSize(2);
  }
}
