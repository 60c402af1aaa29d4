package io.landfall.cli;

import io.landfall.cli.lab.LabCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Where the landfall command starts. */
public final class Main {
  private static final SequencedMap<String, String> EXIT_CODES = new LinkedHashMap<>();

  static {
    EXIT_CODES.put("0", "ok");
    EXIT_CODES.put("1", "the answer is no: invalid, refused, declined, not found");
    EXIT_CODES.put("2", "the command line is wrong");
    EXIT_CODES.put("3", "the node cannot be reached");
  }

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, args));
  }

  /** Runs one command: 0 ok, 1 the answer is no, 2 usage, 3 the node cannot be reached. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line =
        commands().setOut(out).setErr(err).setExecutionExceptionHandler(Main::failed);
    int code = line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  /** The whole tree of commands. */
  static CommandLine commands() {
    CommandLine line = new CommandLine(new Landfall()).addSubcommand(new LabCommand());
    describe(line);
    return line;
  }

  private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof CliFailure expected) {
      line.getErr().println("landfall: " + Table.printable(expected.sentence()));
      return expected.exitCode();
    }
    throw failure;
  }

  /** Every command has --help, and every help page ends with what the exit codes mean. */
  private static void describe(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (spec.findOption("--help") == null) {
      spec.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help.")
              .build());
    }
    UsageMessageSpec usage = spec.usageMessage();
    usage.exitCodeListHeading("%nExit codes:%n");
    usage.exitCodeList(EXIT_CODES);
    line.getSubcommands().values().forEach(Main::describe);
  }
}
