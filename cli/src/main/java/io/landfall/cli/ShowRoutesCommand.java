package io.landfall.cli;

import io.landfall.core.FailureText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall show routes [for ADDRESS] [from PEER] [all] [count]}, in birdc's words. */
@Command(
    name = "routes",
    description = {
      "The overlay table: hosts of the block, with every path; * is the best.",
      "  for ADDRESS  only the route to this host",
      "  from PEER    only paths from this peer: a name, an identity, or 'local'",
      "  all          every attribute, and why each path stands where it does",
      "  count        how many"
    },
    footer = {
      "",
      "Examples:",
      "  landfall show routes",
      "  landfall show routes for 10.32.1.10 all",
      "  landfall show routes from nyc count",
      "  landfall show routes --json"
    })
final class ShowRoutesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = "for ADDRESS, from PEER, all, count; in any order.")
  private List<String> words = new ArrayList<>();

  /** For picocli. */
  ShowRoutesCommand() {}

  @Override
  public Integer call() {
    RoutesRead read;
    try {
      read = RoutesRead.of(words);
    } catch (IllegalArgumentException mistake) {
      throw new ParameterException(spec.commandLine(), FailureText.of(mistake), mistake);
    }
    return ShowCommand.print(spec, "routes", read);
  }
}
