package io.landfall.cli;

import io.landfall.admin.metrics.Version;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A command's help as a page of man(7), from the same words as {@code --help}. */
final class ManPage {
  private final CommandLine line;
  private final CommandSpec spec;
  private final PrintWriter out;

  private ManPage(CommandLine line, PrintWriter out) {
    this.line = line;
    this.spec = line.getCommandSpec();
    this.out = out;
  }

  static void print(CommandLine line, PrintWriter out) {
    new ManPage(line, out).print();
  }

  /** What a command does, in one line without the full stop. */
  static String summary(CommandSpec spec) {
    return firstSentence(spec.usageMessage().description());
  }

  /** What an option does, in one line without the full stop. */
  static String summary(OptionSpec option) {
    return firstSentence(option.description());
  }

  private static String firstSentence(String... description) {
    String text = String.join(" ", description);
    int end = text.indexOf(". ");
    return (end < 0 ? text : text.substring(0, end)).replaceFirst("\\.$", "");
  }

  private void print() {
    String name = spec.qualifiedName("-");
    // No date: the same tree makes the same page.
    out.println(
        ".TH " + name.toUpperCase(Locale.ROOT) + " 1 \"\" \"landfall " + Version.text() + "\"");
    section("NAME", name + " - " + summary(spec));
    out.println(".SH SYNOPSIS");
    out.println(".nf");
    out.println(escaped(line.getHelp().synopsis(0).strip()));
    out.println(".fi");
    UsageMessageSpec usage = spec.usageMessage();
    section("DESCRIPTION", String.join(" ", usage.description()));
    arguments();
    options();
    commands();
    out.println(".SH EXIT STATUS");
    usage.exitCodeList().forEach(this::item);
    footer(usage.footer());
    seeAlso();
  }

  private void section(String heading, String text) {
    out.println(".SH " + heading);
    out.println(escaped(text));
  }

  private void arguments() {
    List<PositionalParamSpec> shown =
        spec.positionalParameters().stream().filter(each -> !each.hidden()).toList();
    if (!shown.isEmpty()) {
      out.println(".SH ARGUMENTS");
      shown.forEach(each -> item(each.paramLabel(), text(each)));
    }
  }

  private void options() {
    out.println(".SH OPTIONS");
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        String value = option.arity().max() > 0 ? "=" + option.paramLabel() : "";
        item(String.join(", ", option.names()) + value, text(option));
      }
    }
  }

  private static String text(ArgSpec argument) {
    return String.join(" ", argument.description());
  }

  private void commands() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    out.println(".SH COMMANDS");
    spec.subcommands()
        .forEach(
            (name, sub) -> {
              if (!sub.getCommandSpec().usageMessage().hidden()) {
                item(name, String.join(" ", sub.getCommandSpec().usageMessage().description()));
              }
            });
  }

  private void item(String term, String text) {
    out.println(".TP");
    out.println("\\fB" + escaped(term) + "\\fR");
    out.println(escaped(text));
  }

  /** The examples, as they stand. */
  private void footer(String... lines) {
    for (String text : lines) {
      if (text.equals(Landfall.EXAMPLES)) {
        out.println(".SH EXAMPLES");
        out.println(".nf");
      } else if (!text.isEmpty()) {
        out.println(escaped(text));
      }
    }
    if (lines.length > 0) {
      out.println(".fi");
    }
  }

  private void seeAlso() {
    CommandSpec above = spec.parent();
    if (above != null) {
      section("SEE ALSO", above.qualifiedName("-") + "(1)");
    }
  }

  /** A text in which man(7) finds nothing of its own. */
  private static String escaped(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
