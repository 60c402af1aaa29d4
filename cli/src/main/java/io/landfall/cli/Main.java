package io.landfall.cli;

import io.landfall.cli.lab.LabCommand;
import io.landfall.node.NodeMain;
import java.nio.file.Path;
import picocli.CommandLine;

/** Stand-in until the landfall command of branch node is merged. */
public final class Main {
  private Main() {}

  /** The lab's two needs. */
  public static void main(String[] args) {
    if (args.length == 3 && args[0].equals("run")) {
      System.exit(NodeMain.run(Path.of(args[2])));
    }
    System.exit(
        new CommandLine(CommandLine.Model.CommandSpec.create())
            .addSubcommand(new LabCommand())
            .execute(args));
  }
}
