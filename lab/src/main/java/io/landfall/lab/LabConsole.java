package io.landfall.lab;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What the lab says to the person in front of it, with the time since it started. */
public final class LabConsole {
  /** After so long without a line there is one of what is waited for. */
  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final PrintWriter out;
  private final PrintWriter err;
  private final LongSupplier nanos;
  private final long startNanos;
  private long printedNanos;

  /**
   * One that begins now.
   *
   * @param nanos the time, as {@link System#nanoTime} has it
   */
  LabConsole(PrintWriter out, PrintWriter err, LongSupplier nanos) {
    this.out = out;
    this.err = err;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
    this.printedNanos = startNanos;
  }

  /** A line of progress. */
  public synchronized void progress(String text) {
    out.printf(Locale.ROOT, "%7.2f s  %s%n", sinceStartSeconds(), text);
    printed();
  }

  /** A line, or several, as they are. */
  public synchronized void say(String text) {
    out.println(text);
    printed();
  }

  /**
   * Something is waited for, still: a line of progress if there was none for {@link #QUIET_NANOS}.
   */
  public synchronized void waiting(String what) {
    if (nanos.getAsLong() - printedNanos >= QUIET_NANOS) {
      progress("still waiting: " + what);
    }
  }

  private void printed() {
    out.flush();
    printedNanos = nanos.getAsLong();
  }

  /** Something went wrong. */
  public synchronized void error(String text) {
    err.println("landfall lab: " + text);
    err.flush();
  }

  /** Seconds since the lab was started. */
  public double sinceStartSeconds() {
    return (nanos.getAsLong() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** A duration for people: microseconds, milliseconds or seconds. */
  public static String duration(long nanos) {
    double millis = nanos / 1e6;
    if (millis < 1) {
      return String.format(Locale.ROOT, "%.2f ms", millis);
    }
    return millis < 1000
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }
}
