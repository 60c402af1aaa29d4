package io.landfall.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code landfall reload}: what a running node reads again, as SIGHUP makes it. */
@Command(
    name = "reload",
    description = {
      "Read the config, the list of revocations and the certificates again, now.",
      "They are the file of 'landfall run -c', where it has changed, trust.revoked,",
      "the node's own certificate (trust.certificate, trust.key) and those for clients",
      "(edge.listen[].tls), and are put in force, each by itself.",
      "Prints what is in force and who was cut off, or the problem with file and line;",
      "then the exit code is 1 and what was in force before stays."
    },
    footer = {"", "Examples:", "  landfall reload"})
final class ReloadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ReloadCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("POST", "/v1/reload", "{}"));
    return ExitCode.OK;
  }
}
