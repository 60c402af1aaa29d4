package io.landfall.lab;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What the lab says to the person in front of it, with the time since it started. */
public final class LabConsole {
  private final PrintWriter out;
  private final PrintWriter err;
  private final long startNanos;

  LabConsole(PrintWriter out, PrintWriter err, long startNanos) {
    this.out = out;
    this.err = err;
    this.startNanos = startNanos;
  }

  /** A line of progress. */
  public synchronized void progress(String text) {
    out.printf(Locale.ROOT, "%7.2f s  %s%n", sinceStartSeconds(), text);
    out.flush();
  }

  /** A line, or several, as they are. */
  public synchronized void say(String text) {
    out.println(text);
    out.flush();
  }

  /** Something went wrong. */
  public synchronized void error(String text) {
    err.println("landfall lab: " + text);
    err.flush();
  }

  /** Seconds since the lab was started. */
  public double sinceStartSeconds() {
    return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
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
