package io.landfall.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
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

/** The tree of commands as picocli has it: this room's own, and those that another room adds. */
final class Commands {
  private static final SequencedMap<String, String> EXIT_CODES = new LinkedHashMap<>();

  static {
    EXIT_CODES.put("0", "ok");
    EXIT_CODES.put("1", "the answer is no: invalid, refused, declined, not found");
    EXIT_CODES.put("2", "the command line is wrong");
    EXIT_CODES.put("3", "the node cannot be reached");
  }

  private static final SequencedMap<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  /** Commands of other rooms are listed behind this one: what runs something comes first. */
  private static final String RUN = "run";

  static {
    COMMANDS.put(RUN, RunCommand::new);
    COMMANDS.put("show", ShowCommand::new);
    COMMANDS.put("explain", ExplainCommand::new);
    COMMANDS.put("monitor", MonitorCommand::new);
    COMMANDS.put("console", ConsoleCommand::new);
    COMMANDS.put("dump", DumpCommand::new);
    COMMANDS.put("announce", AnnounceCommand::new);
    COMMANDS.put("withdraw", WithdrawCommand::new);
    COMMANDS.put("drain", DrainCommand::new);
    COMMANDS.put("undrain", UndrainCommand::new);
    COMMANDS.put("maintenance", MaintenanceCommand::new);
    COMMANDS.put("purge", PurgeCommand::new);
    COMMANDS.put("reload", ReloadCommand::new);
    COMMANDS.put("check", CheckCommand::new);
    COMMANDS.put("configure", ConfigureCommand::new);
    COMMANDS.put("ca", CaCommand::new);
    COMMANDS.put(CompletionCommand.NAME, CompletionCommand::new);
    COMMANDS.put(ManPageCommand.NAME, ManPageCommand::new);
    COMMANDS.put("version", VersionCommand::new);
    COMMANDS.put(HelpCommand.NAME, HelpCommand::new);
  }

  /** Commands that describe all others. */
  private static final Set<String> DESCRIBING =
      Set.of(HelpCommand.NAME, CompletionCommand.NAME, ManPageCommand.NAME);

  private Commands() {}

  /** Reads the command line and runs what it means; its exit code. */
  static int execute(PrintWriter out, PrintWriter err, List<ExtraCommand> extras, String... args) {
    return commandsFor(extras, args)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(Commands::failed)
        .execute(args);
  }

  /** The whole tree of commands. */
  static CommandLine tree() {
    return commandsFor(List.of());
  }

  /**
   * The commands that these arguments may mean. Picocli reads each command's annotations by
   * reflection, which is most of what a command takes to start; so only those whose names occur are
   * there, or all of them when none does, for help and for "did you mean".
   */
  private static CommandLine commandsFor(List<ExtraCommand> extras, String... args) {
    SequencedMap<String, Supplier<Object>> all = with(extras);
    Set<String> named = new LinkedHashSet<>(List.of(args));
    named.retainAll(all.keySet());
    boolean everyOne = named.isEmpty() || !Collections.disjoint(named, DESCRIBING);
    CommandLine line = new CommandLine(new Landfall());
    all.forEach(
        (name, command) -> {
          if (everyOne || named.contains(name)) {
            line.addSubcommand(command.get());
          }
        });
    describe(line);
    addExamples(line.getCommandSpec().usageMessage(), extras);
    return line;
  }

  private static SequencedMap<String, Supplier<Object>> with(List<ExtraCommand> extras) {
    SequencedMap<String, Supplier<Object>> all = new LinkedHashMap<>();
    COMMANDS.forEach(
        (name, command) -> {
          all.put(name, command);
          if (name.equals(RUN)) {
            extras.forEach(extra -> all.put(extra.name(), extra.command()));
          }
        });
    return all;
  }

  private static void addExamples(UsageMessageSpec usage, List<ExtraCommand> extras) {
    List<String> footer = new ArrayList<>(List.of(usage.footer()));
    int first = footer.indexOf(Landfall.EXAMPLES) + 1;
    footer.addAll(first, extras.stream().map(ExtraCommand::example).toList());
    usage.footer(footer.toArray(String[]::new));
  }

  private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof CliFailure expected) {
      return expected.print(line.getErr());
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
    line.getSubcommands().values().forEach(Commands::describe);
  }
}
