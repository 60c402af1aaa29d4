package io.landfall.cli;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.node.KeyCheck;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@code landfall check FILE}: every problem of a config, without starting anything. */
@Command(
    name = "check",
    description = {
      "Check a config and print every problem in it: file, line, key, rule, fix.",
      "The keys and certificates that it names are opened too.",
      "A key that has no effect yet is a warning on stderr.",
      "Exit code 0 when it is valid, 1 when it is not. Needs no running node."
    },
    footer = {"", "Examples:", "  landfall check /etc/landfall/node.yaml"})
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The config.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CheckCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean json = Landfall.of(spec).json();
    return switch (ConfigLoader.load(file)) {
      case ConfigResult.Valid valid -> {
        List<ConfigProblem> problems =
            KeyCheck.problems(valid.config(), System.currentTimeMillis()).stream()
                .map(problem -> problem.in(file.toString()))
                .toList();
        if (!problems.isEmpty()) {
          yield refused(problems);
        }
        if (json) {
          out.print(asJson(List.of(), valid.warnings()));
        } else {
          valid.warnings().forEach(each -> spec.commandLine().getErr().println("warning: " + each));
          out.print(sentence(valid.config()));
        }
        out.flush();
        yield ExitCode.OK;
      }
      case ConfigResult.Invalid invalid -> refused(invalid.problems());
    };
  }

  private int refused(List<ConfigProblem> problems) {
    if (Landfall.of(spec).json()) {
      spec.commandLine().getOut().print(asJson(problems, List.of()));
      spec.commandLine().getOut().flush();
    } else {
      problems.forEach(problem -> spec.commandLine().getErr().println(problem));
    }
    return ExitCode.NO;
  }

  private String sentence(NodeConfig config) {
    long local = config.services().stream().filter(service -> service.isLocal()).count();
    return file
        + " is valid: node "
        + config.name()
        + " ("
        + config.identity()
        + "), "
        + config.services().size()
        + " services, "
        + local
        + " of them here"
        + System.lineSeparator();
  }

  private static String asJson(List<ConfigProblem> problems, List<ConfigProblem> warnings) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeBooleanProperty("valid", problems.isEmpty());
      write(json, "problems", problems);
      write(json, "warnings", warnings);
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void write(JsonGenerator json, String name, List<ConfigProblem> some) {
    json.writeArrayPropertyStart(name);
    for (ConfigProblem each : some) {
      json.writeStartObject();
      json.writeStringProperty("file", each.file());
      json.writeNumberProperty("line", each.line());
      json.writeStringProperty("key", each.key());
      json.writeStringProperty("rule", each.rule());
      json.writeStringProperty("fix", each.fix());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
