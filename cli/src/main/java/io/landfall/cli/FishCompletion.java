package io.landfall.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script for fish, which picocli has none for. */
final class FishCompletion {
  private final String program;
  private final PrintWriter out;

  private FishCompletion(String program, PrintWriter out) {
    this.program = program;
    this.out = out;
  }

  static void print(CommandLine root, PrintWriter out) {
    FishCompletion script = new FishCompletion(root.getCommandName(), out);
    out.println("complete -c " + script.program + " -f");
    script.command(root, List.of());
  }

  private void command(CommandLine line, List<String> path) {
    CommandSpec spec = line.getCommandSpec();
    if (spec.usageMessage().hidden()) {
      return;
    }
    String condition = condition(path, spec);
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              if (!sub.getCommandSpec().usageMessage().hidden()) {
                complete(condition, "-a " + quoted(name), ManPage.summary(sub.getCommandSpec()));
              }
            });
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        complete(path.isEmpty() ? "" : seen(path), names(option), ManPage.summary(option));
      }
    }
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              command(sub, longer);
            });
  }

  /** Where the names of a command's subcommands are offered: behind it, and before one of them. */
  private static String condition(List<String> path, CommandSpec spec) {
    String before = path.isEmpty() ? "__fish_use_subcommand" : seen(path);
    return path.isEmpty() || spec.subcommands().isEmpty()
        ? before
        : before
            + "; and not __fish_seen_subcommand_from "
            + String.join(" ", spec.subcommands().keySet());
  }

  private static String seen(List<String> path) {
    return String.join(
        "; and ", path.stream().map(name -> "__fish_seen_subcommand_from " + name).toList());
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      String flag = name.startsWith("--") ? " -l " : " -s ";
      names.append(flag).append(quoted(name.replaceFirst("^-+", "")));
    }
    if (option.completionCandidates() != null) {
      names.append(" -r -f -a ").append(quoted(String.join(" ", option.completionCandidates())));
    } else if (option.arity().max() > 0) {
      // An option with a value offers files: most of the values are some.
      names.append(" -r -F");
    }
    return names.substring(1);
  }

  private void complete(String condition, String what, String text) {
    out.println(
        "complete -c "
            + program
            + (condition.isEmpty() ? "" : " -n " + quoted(condition))
            + " "
            + what
            + " -d "
            + quoted(text));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
