package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonWriter;
import io.landfall.config.ConfigProblem;
import io.landfall.config.NodeConfig;
import io.landfall.node.NodeCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall check FILE}: every problem of a config, without starting anything. */
@Command(
    name = "check",
    description = {
      "Check a config and print every problem in it: file, line, key, rule, fix.",
      "It does all that 'landfall run' does short of listening: keys, certificates",
      "and their times, the list of revocations, names, programs, free ports.",
      "What a node starts with all the same is a warning on stderr.",
      "Exit code 0 when it is valid, 1 when it is not. Needs no running node."
    },
    footer = {
      "",
      "Examples:",
      "  landfall check /etc/landfall/node.yaml",
      "  landfall check --elsewhere fra.yaml   before it goes to its machine"
    })
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The config.")
  private Path file = Path.of("");

  @Option(
      names = "--elsewhere",
      description = "For another machine: look for no addresses, names and programs of this one.")
  private boolean elsewhere;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CheckCommand() {}

  @Override
  public Integer call() {
    NodeCheck check =
        NodeCheck.of(
            file, elsewhere ? NodeCheck.Purpose.CHECK_ELSEWHERE : NodeCheck.Purpose.CHECK_HERE);
    PrintWriter out = spec.commandLine().getOut();
    if (Landfall.of(spec).json()) {
      out.print(asJson(check));
    } else {
      check.lines().forEach(line -> spec.commandLine().getErr().println(Table.printable(line)));
      if (check.isStartable()) {
        out.print(check.config().map(this::sentence).orElse(""));
      }
    }
    out.flush();
    return check.isStartable() ? ExitCode.OK : ExitCode.NO;
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

  private static String asJson(NodeCheck check) {
    return JsonWriter.text(
        new JsonObject()
            .put("valid", check.isStartable())
            .put("problems", check.problems().stream().map(CheckCommand::asJson).toList())
            .put("warnings", check.warnings().stream().map(CheckCommand::asJson).toList()));
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
