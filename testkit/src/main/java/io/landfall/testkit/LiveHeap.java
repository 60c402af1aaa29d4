package io.landfall.testkit;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What is reachable in the heap of this process, by the histogram that the JVM makes behind a full
 * collection; what fills gaps between objects is left out.
 *
 * @param objects how many objects there are
 * @param bytes what they take
 */
public record LiveHeap(long objects, long bytes) {
  private static final Pattern ROW =
      Pattern.compile("(?m)^ *\\d+: +(\\d+) +(\\d+) +(?!\\S*Filler)\\S");

  /** Counted now. */
  public static LiveHeap now() {
    long objects = 0;
    long bytes = 0;
    Matcher row = ROW.matcher(histogram());
    while (row.find()) {
      objects += Long.parseLong(row.group(1));
      bytes += Long.parseLong(row.group(2));
    }
    if (objects == 0) {
      throw new IllegalStateException("no histogram");
    }
    return new LiveHeap(objects, bytes);
  }

  private static String histogram() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
