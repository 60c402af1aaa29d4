package io.landfall.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;

/**
 * A read that is made again and again, for {@code show --watch}. On a terminal each answer takes
 * the place of the one before; into a pipe or file they stand below each other. A node that cannot
 * be reached, or has no answer now, is asked again: it may be restarting.
 *
 * @param read what is asked
 * @param what the heading: what is shown, and how often it is asked
 * @param terminal whether the output is one
 * @param pause waits between two reads; false ends the watch
 */
record ReadAgain(Read read, String what, boolean terminal, BooleanSupplier pause) implements Read {
  /** Cursor to the first line; the rest of each line and of the screen is cleared behind it. */
  private static final String HOME = "\u001b[H";

  private static final String CLEAR_LINE = "\u001b[K";

  private static final String CLEAR_BELOW = "\u001b[J";

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    do {
      StringWriter text = new StringWriter();
      PrintWriter page = new PrintWriter(text);
      if (!json) {
        page.println(what + "  " + Table.time(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        page.println();
      }
      try {
        read.answer(client, json, page);
      } catch (CliFailure failure) {
        if (failure.exitCode() == ExitCode.USAGE) {
          throw failure;
        }
        failure.print(page);
      }
      page.flush();
      // In one write, so that no half of a page is seen.
      out.print(terminal && !json ? onScreen(text.toString()) : text + (json ? "" : "\n"));
      out.flush();
      if (out.checkError()) {
        return ExitCode.OK; // Whoever read our output has had enough.
      }
    } while (pause.getAsBoolean());
    return ExitCode.OK;
  }

  private static String onScreen(String text) {
    return HOME + text.replace("\n", CLEAR_LINE + "\n") + CLEAR_BELOW;
  }
}
