package io.landfall.cli;

import io.landfall.cli.lab.LabCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
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

  private static final SequencedMap<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("run", RunCommand::new);
    COMMANDS.put("lab", LabCommand::new);
    COMMANDS.put("show", ShowCommand::new);
    COMMANDS.put("explain", ExplainCommand::new);
    COMMANDS.put("monitor", MonitorCommand::new);
    COMMANDS.put("dump", DumpCommand::new);
    COMMANDS.put("announce", AnnounceCommand::new);
    COMMANDS.put("withdraw", WithdrawCommand::new);
    COMMANDS.put("drain", DrainCommand::new);
    COMMANDS.put("undrain", UndrainCommand::new);
    COMMANDS.put("reload", ReloadCommand::new);
    COMMANDS.put("check", CheckCommand::new);
    COMMANDS.put("configure", ConfigureCommand::new);
    COMMANDS.put("ca", CaCommand::new);
    COMMANDS.put("version", VersionCommand::new);
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
        commandsFor(args).setOut(out).setErr(err).setExecutionExceptionHandler(Main::failed);
    int code = line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  /** The whole tree of commands. */
  static CommandLine commands() {
    return commands(COMMANDS.keySet());
  }

  /**
   * The commands that these arguments may mean. Picocli reads each command's annotations by
   * reflection, which is most of what a command takes to start; so only those whose names occur are
   * there, or all of them when none does, for help and for "did you mean".
   */
  private static CommandLine commandsFor(String... args) {
    Set<String> named = new LinkedHashSet<>(List.of(args));
    named.retainAll(COMMANDS.keySet());
    return commands(named.isEmpty() ? COMMANDS.keySet() : named);
  }

  private static CommandLine commands(Set<String> names) {
    CommandLine line = new CommandLine(new Landfall());
    COMMANDS.forEach(
        (name, command) -> {
          if (names.contains(name)) {
            line.addSubcommand(command.get());
          }
        });
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
