package io.landfall.cli;

import io.landfall.node.NodeMain;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code landfall run}: the daemon. */
@Command(
    name = "run",
    description = "Run a node until it is told to stop (SIGTERM or Ctrl-C).",
    footer = {
      "",
      "Examples:",
      "  landfall run -c /etc/landfall/node.yaml",
      "  landfall run -c /etc/landfall/node.yaml --takeover"
    })
final class RunCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The node's config.")
  private Path config = Path.of("");

  @Option(
      names = "--takeover",
      description = {
        "Take over from the process that runs with this config; its clients lose no request:",
        "it passes its sockets on, and ends when what it serves has ended (shutdown.grace).",
        "Below systemd send SIGWINCH to the main process instead (docs/upgrade.md)."
      })
  private boolean takesOver;

  /** For picocli. */
  RunCommand() {}

  @Override
  public Integer call() {
    return NodeMain.run(config, takesOver);
  }
}
