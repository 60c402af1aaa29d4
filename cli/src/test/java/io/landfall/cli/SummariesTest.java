package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Lists of commands have the first line of each command's description, and nothing of the next. */
class SummariesTest {
  @Test
  void theFirstLineOfEachDescriptionIsWholeByItself() {
    check(Commands.tree());
  }

  private static void check(CommandLine command) {
    String[] lines = command.getCommandSpec().usageMessage().description();
    assertThat(lines).as(command.getCommandSpec().qualifiedName()).isNotEmpty();
    assertThat(lines[0]).as(command.getCommandSpec().qualifiedName()).endsWith(".");
    command.getSubcommands().values().forEach(SummariesTest::check);
  }
}
