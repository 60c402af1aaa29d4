package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.Message;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: what all commands share. */
@Command(
    name = "landfall",
    description = "What happens after traffic lands: run an edge node, see it, steer it.",
    footer = {
      "",
      Landfall.EXAMPLES,
      "  landfall run -c node.yaml          one node",
      "  landfall show status               how it is",
      "  landfall show services             what it knows",
      "  landfall explain http://shop.lab/  what it would do, and why"
    })
final class Landfall implements Runnable {
  /** The head of the examples in the help. */
  static final String EXAMPLES = "Examples:";

  /** Where the socket is without an option; the same as the node's. */
  static final String DEFAULT_SOCKET = "/run/landfall/landfall.sock";

  /** What names the socket where no option does. */
  static final String SOCKET_VARIABLE = "LANDFALL_SOCKET";

  @Option(
      names = "--socket",
      paramLabel = "S",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:" + SOCKET_VARIABLE + ":-" + DEFAULT_SOCKET + "}",
      description = "The node's admin socket; before or after the command (env LANDFALL_SOCKET).")
  private Path socket = Path.of(DEFAULT_SOCKET);

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON, for scripts.")
  private boolean json;

  @Option(
      names = {"-V", "--version"},
      description = "Print the version.")
  private boolean version;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  Landfall() {}

  /** The root of the command that this spec belongs to. */
  static Landfall of(CommandSpec spec) {
    return (Landfall) spec.root().userObject();
  }

  AdminClient client() {
    return new AdminClient(socket);
  }

  /** The socket that is named, or the default one. */
  Path socket() {
    return socket;
  }

  boolean json() {
    return json;
  }

  /** Prints a command's answer: its JSON, or its sentence. */
  void printAnswer(String answer) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(answer);
    } else {
      message(answer).lines().forEach(line -> out.println(Table.printable(line)));
    }
    out.flush();
  }

  private static String message(String answer) {
    try {
      return JsonReader.read(answer, Message.class).message();
    } catch (IllegalArgumentException notOfTheModel) {
      throw CliFailure.notUnderstood(notOfTheModel);
    }
  }

  @Override
  public void run() {
    if (!version) {
      throw new ParameterException(spec.commandLine(), "Which command?");
    }
    spec.commandLine().getOut().println(VersionCommand.text(json));
  }
}
