package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of shells and the manual pages, from the commands' own words. */
class CompletionTest {
  @Test
  void bashCompletesCommandsAndOptions() {
    String script = Ran.landfall("completion", "bash").out();
    assertThat(script).startsWith("#!/usr/bin/env bash").contains("complete -F _complete_landfall");
    assertThat(script)
        .contains("explain")
        .contains("--socket")
        .contains("revocations")
        .contains("(\"bash\" \"zsh\" \"fish\")");
  }

  @Test
  void zshFindsTheScriptInItsFolderOfFunctions() {
    String script = Ran.landfall("completion", "zsh").out();
    assertThat(script).startsWith("#compdef landfall\n").contains("bashcompinit");
  }

  @Test
  void fishOffersSubcommandsBehindTheirCommandOnly() {
    String script = Ran.landfall("completion", "fish").out();
    assertThat(script)
        .startsWith("complete -c landfall -f\n")
        .contains("complete -c landfall -n '__fish_use_subcommand' -a 'explain' -d ")
        .contains(" -n '__fish_seen_subcommand_from show; and not __fish_seen_subcommand_from ")
        .contains(" -l 'json' -d 'Print JSON, for scripts'")
        .doesNotContain("man-page");
  }

  @Test
  void anUnknownShellIsRefusedWithThoseThatThereAre() {
    Ran ran = Ran.landfall("completion", "tcsh");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains("SHELL", "bash, zsh, fish", "tcsh");
    assertThat(Ran.landfall("completion").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void theManualPageHasTheWordsOfTheHelp() {
    String page = Ran.landfall("man-page", "show", "routes").out();
    assertThat(page)
        .startsWith(".TH LANDFALL-SHOW-ROUTES 1")
        .contains(".SH NAME\nlandfall\\-show\\-routes \\- ")
        .contains(".SH SYNOPSIS", ".SH OPTIONS", ".SH EXIT STATUS", "landfall\\-show(1)");
    assertThat(page.lines())
        .as("man(7) takes lines that begin with a dot or a quote for its own")
        .noneMatch(line -> line.startsWith("'") || line.matches("\\.[^A-Znf].*"));
  }

  @Test
  void thePageOfTheProgramNamesItsCommands() {
    assertThat(Ran.landfall("man-page").out())
        .contains(".SH COMMANDS", "\\fBexplain\\fR")
        .doesNotContain("\\fBman\\-page\\fR");
  }

  @Test
  void aFolderGetsThePageOfTheProgramAndOneForEachCommand(@TempDir Path folder) throws IOException {
    assertThat(Ran.landfall("man-page", "--folder", folder.toString()).code()).isZero();
    assertThat(folder.resolve("landfall.1")).hasContent(Ran.landfall("man-page").out());
    assertThat(folder.resolve("landfall-show.1"))
        .hasContent(Ran.landfall("man-page", "show").out());
    assertThat(folder.resolve("landfall-man-page.1")).doesNotExist();
    Ran ran = Ran.landfall("man-page", "--folder", folder.resolve("none").toString());
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("cannot write", "none/landfall.1");
  }

  @Test
  void thereIsNoPageOfACommandThatDoesNotExist() {
    Ran ran = Ran.landfall("man-page", "shwo");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains("did you mean show?");
  }
}
