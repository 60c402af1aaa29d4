package io.landfall.transport.tls;

import io.landfall.core.RefusalRule;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Who was turned away at the overlay port: a counter for each rule and the last case of it, and
 * nothing else, whatever a stranger does. It also says when a case may be logged, since a stranger
 * must not be able to fill a disk either. Any thread may ask.
 */
public final class PortRefusals {
  /** Rules are fixed words; should there ever be more of them, the rest share a counter. */
  static final int MAX_RULES = 64;

  /** The most cases of one rule that are logged in {@link #WINDOW_MILLIS}. */
  static final int MAX_LOGGED = 20;

  /** The span for which {@link #MAX_LOGGED} holds. */
  static final long WINDOW_MILLIS = 10_000;

  private static final String OTHER_RULES = RefusalRule.Uncounted.OTHER.label();
  private static final int MAX_TEXT = 600;

  private final TreeMap<String, Row> rows = new TreeMap<>();
  // By rule, so that a flood of one kind does not hide a case of another.
  private final TreeMap<String, Window> windows = new TreeMap<>();
  private long total;

  /** No connection was refused yet. */
  public PortRefusals() {}

  /**
   * One rule's refusals.
   *
   * @param rule the rule's word
   * @param count how often since the start
   * @param lastMillis when last, wall-clock milliseconds since 1970
   * @param what the last case, for people
   */
  public record Row(String rule, long count, long lastMillis, String what) {}

  /**
   * Whether to log a case.
   *
   * @param now whether this one may be logged
   * @param unlogged how many were not, since the last that was
   */
  record Logging(boolean now, long unlogged) {}

  /** Counts one refusal, and says whether to log it. */
  synchronized Logging add(String rule, String what, long wallMillis) {
    String key = count(rule, what, wallMillis);
    return windows.computeIfAbsent(key, k -> new Window()).next(wallMillis);
  }

  /** Counts one refusal that is logged elsewhere; returns the word under which it is counted. */
  public synchronized String count(String rule, String what, long wallMillis) {
    total++;
    String key = rows.containsKey(rule) || rows.size() < MAX_RULES ? rule : OTHER_RULES;
    Row before = rows.get(key);
    String text = what.length() > MAX_TEXT ? what.substring(0, MAX_TEXT) : what;
    rows.put(key, new Row(key, before == null ? 1 : before.count() + 1, wallMillis, text));
    return key;
  }

  private static final class Window {
    long startMillis;
    int logged;
    long unlogged;

    Logging next(long wallMillis) {
      // A clock that was set back starts a new window too.
      if (wallMillis < startMillis || wallMillis - startMillis >= WINDOW_MILLIS) {
        startMillis = wallMillis;
        logged = 0;
      }
      if (logged >= MAX_LOGGED) {
        unlogged++;
        return new Logging(false, unlogged);
      }
      logged++;
      long missed = unlogged;
      unlogged = 0;
      return new Logging(true, missed);
    }
  }

  /** How many were refused in all. */
  public synchronized long total() {
    return total;
  }

  /** Every rule that has refused a connection, by its word. */
  public synchronized List<Row> rows() {
    return new ArrayList<>(rows.values());
  }
}
