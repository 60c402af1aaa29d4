package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.ConfigurationDiff;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall configure ...}: the config that a running node goes on with. */
@Command(
    name = "configure",
    description = {
      "Change the config of a running node, without a restart.",
      "The node reads the file itself. It is put in force whole, or not at all:",
      "what cannot change while the node runs is refused with key and rule."
    },
    subcommands = CheckCommand.class,
    footer = {
      "",
      "Examples:",
      "  landfall configure check /etc/landfall/node.yaml",
      "  landfall configure diff /etc/landfall/node.yaml",
      "  landfall configure apply /etc/landfall/node.yaml --confirm 60"
    })
final class ConfigureCommand implements Runnable {
  private static final String PATH = "/v1/configure/";
  private static final long MOST_SECONDS = 86_400;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ConfigureCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Configure how? check, diff or apply FILE, confirm, or undo");
  }

  @Command(
      name = "diff",
      description = {
        "What a file has differently from the config in force; changes nothing.",
        "Exit code 1 when it could not be applied: the problems are on stderr."
      },
      footer = {"", "Examples:", "  landfall configure diff /etc/landfall/node.yaml"})
  int diff(@Parameters(paramLabel = "FILE", description = "The config.") Path file) {
    Landfall root = Landfall.of(spec);
    String answer = root.client().command("POST", PATH + "diff", body(file, OptionalLong.empty()));
    ConfigurationDiff diff = JsonReader.read(answer, ConfigurationDiff.class);
    if (root.json()) {
      spec.commandLine().getOut().print(answer);
    } else {
      diff.changes().forEach(line -> Table.printLine(spec.commandLine().getOut(), line));
      diff.problems().forEach(line -> Table.printLine(spec.commandLine().getErr(), line));
      if (diff.changes().isEmpty() && diff.problems().isEmpty()) {
        spec.commandLine().getOut().println("no difference");
      }
    }
    spec.commandLine().getOut().flush();
    return diff.problems().isEmpty() ? ExitCode.OK : ExitCode.NO;
  }

  @Command(
      name = "apply",
      description = {
        "Put a file in force. Exit code 1 when it is refused: then nothing has changed.",
        "A restart reads the file of 'landfall run -c', whatever was applied."
      },
      footer = {
        "",
        "Examples:",
        "  landfall configure apply /etc/landfall/node.yaml",
        "  landfall configure apply /etc/landfall/node.yaml --confirm 60"
      })
  int apply(
      @Parameters(paramLabel = "FILE", description = "The config.") Path file,
      @Option(
              names = "--confirm",
              paramLabel = "SECONDS",
              description = "Go back after so long unless 'landfall configure confirm' comes.")
          @Nullable String confirm) {
    return order(
        "apply",
        body(file, confirm == null ? OptionalLong.empty() : OptionalLong.of(seconds(confirm))));
  }

  private long seconds(String written) {
    // Five digits are enough for a day.
    long seconds = written.matches("[0-9]{1,5}") ? Long.parseLong(written) : 0;
    if (seconds < 1 || seconds > MOST_SECONDS) {
      throw new ParameterException(
          spec.subcommands().get("apply"),
          "--confirm "
              + written
              + " is no number of seconds from 1 to "
              + MOST_SECONDS
              + "; write 60 for a minute");
    }
    return seconds;
  }

  @Command(
      name = "confirm",
      description = "Keep the config that was applied with --confirm.",
      footer = {"", "Examples:", "  landfall configure confirm"})
  int confirm() {
    return order("confirm", "{}");
  }

  @Command(
      name = "undo",
      description = "Go back to the config before the last change; once.",
      footer = {"", "Examples:", "  landfall configure undo"})
  int undo() {
    return order("undo", "{}");
  }

  private int order(String name, String body) {
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("POST", PATH + name, body));
    return ExitCode.OK;
  }

  /** The node has another folder to be relative to. */
  private static String body(Path file, OptionalLong confirm) {
    JsonObject body = new JsonObject().put("file", file.toAbsolutePath().normalize().toString());
    confirm.ifPresent(seconds -> body.put("confirmSeconds", seconds));
    return JsonWriter.text(body);
  }
}
