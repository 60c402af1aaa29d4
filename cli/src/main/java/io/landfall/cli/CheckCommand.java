package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonWriter;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.node.KeyCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
        + (config.services().size() == 1 ? " service, " : " services, ")
        + local
        + " of them here"
        + System.lineSeparator();
  }

  private static String asJson(List<ConfigProblem> problems, List<ConfigProblem> warnings) {
    return JsonWriter.text(
        new JsonObject()
            .put("valid", problems.isEmpty())
            .put("problems", problems.stream().map(CheckCommand::asJson).toList())
            .put("warnings", warnings.stream().map(CheckCommand::asJson).toList()));
  }

  private static JsonObject asJson(ConfigProblem problem) {
    return new JsonObject()
        .put("file", problem.file())
        .put("line", problem.line())
        .put("key", problem.key())
        .put("rule", problem.rule())
        .put("fix", problem.fix());
  }
}
