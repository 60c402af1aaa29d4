package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What docs/alerts.md has an operator type runs as it stands there. */
class AlertCommandsTest {
  private static final Path PAGE = Path.of("..", "docs", "alerts.md");
  private static final Pattern COMMAND = Pattern.compile("`landfall ([^`]+)`");

  @Test
  void everyCommandOfThePageCanBeTyped() throws IOException {
    List<String> commands =
        COMMAND
            .matcher(Files.readString(PAGE))
            .results()
            .map(each -> each.group(1))
            .distinct()
            .toList();
    assertThat(commands).hasSizeGreaterThan(10);
    List<String> wrong = new ArrayList<>();
    commands.forEach(
        each -> problem(each).ifPresent(why -> wrong.add("landfall " + each + ": " + why)));
    assertThat(wrong).isEmpty();
  }

  @Test
  void canaryACommandThatIsNotWholeOrHasAnUnknownOptionIsFlagged() {
    assertThat(problem("drain")).contains("it is not whole");
    assertThat(problem("check -c node.yaml").orElse("")).contains("-c");
    assertThat(problem("check")).isPresent();
    assertThat(problem("show peers PEER")).isEmpty();
    assertThat(problem("drain node")).isEmpty();
    assertThat(problem("maintenance")).isEmpty();
  }

  private static Optional<String> problem(String command) {
    CommandLine last;
    try {
      last = Commands.tree().parseArgs(command.split(" ", -1)).asCommandLineList().getLast();
    } catch (ParameterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    // A command that has nothing but others below it asks which one is meant.
    boolean asksWhich = !last.getSubcommands().isEmpty() && last.getCommand() instanceof Runnable;
    return asksWhich ? Optional.of("it is not whole") : Optional.empty();
  }
}
