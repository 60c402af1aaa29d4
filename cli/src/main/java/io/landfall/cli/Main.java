package io.landfall.cli;

import io.landfall.core.FailureText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Where the landfall command starts. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    start(List.of(), args);
  }

  /** The same with commands of other rooms. */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static void start(List<ExtraCommand> extras, String... args) {
    System.out.flush();
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(new FileOutputStream(FileDescriptor.out), err, extras, args);
    if (PlainRead.of(List.of(args), System.getenv()).isPresent()) {
      // A read has nothing to end. System.exit asks for a logger first, and that opens every jar of
      // the class path: a third of
      // the command.
      Runtime.getRuntime().halt(code);
    }
    System.exit(code);
  }

  /**
   * Runs one command as the program does, but for the end of the process; its exit code.
   *
   * @param out where its output goes
   * @param err where its errors go
   * @param extras commands of other rooms
   * @param args the command and its arguments
   */
  public static int run(
      OutputStream out, PrintWriter err, List<ExtraCommand> extras, String... args) {
    return run(new CommandOutput(out), err, extras, args);
  }

  /**
   * Runs one command; its exit code, which is not 0 where its output could not be written. That
   * whoever reads the output has closed it is no failure: {@code head} does so.
   */
  static int run(CommandOutput output, PrintWriter err, List<ExtraCommand> extras, String... args) {
    PrintWriter out = output.writer();
    int code = run(out, err, extras, args);
    Optional<IOException> failure = output.failure();
    if (failure.isEmpty() || output.readerHasGone() || code != ExitCode.OK) {
      return code;
    }
    String why = FailureText.of(failure.get());
    return new CliFailure(ExitCode.NO, "cannot write the output: " + why).print(err);
  }

  /** Runs one command: 0 ok, 1 the answer is no, 2 usage, 3 the node cannot be reached. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(out, err, List.of(), args);
  }

  /** The same with commands of other rooms. */
  public static int run(
      PrintWriter out, PrintWriter err, List<ExtraCommand> extras, String... args) {
    // Picocli's classes are too old for the class archive, and take two thirds of a short command.
    int code = plain(out, err, List.of(args));
    if (code < 0) {
      code = Commands.execute(out, err, extras, args);
    }
    out.flush();
    err.flush();
    return code;
  }

  /** The exit code of what needs no picocli; negative when these arguments are something else. */
  private static int plain(PrintWriter out, PrintWriter err, List<String> args) {
    Optional<PlainRun> node = PlainRun.of(args);
    if (node.isPresent()) {
      return node.get().run();
    }
    Optional<PlainRead> read = PlainRead.of(args, System.getenv());
    return read.isPresent() ? read.get().run(out, err) : -1;
  }
}
