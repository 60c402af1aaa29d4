package io.landfall.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall withdraw SERVICE}: a service says that it is down. */
@Command(
    name = "withdraw",
    description = {
      "Take a service down here at once, whatever its probes say.",
      "It stays down until 'landfall announce SERVICE'."
    },
    footer = {"", "Examples:", "  landfall withdraw shop"})
final class WithdrawCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SERVICE", description = "The service's name.")
  private String service = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  WithdrawCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("DELETE", ServiceArgument.path(spec, service), ""));
    return ExitCode.OK;
  }
}
