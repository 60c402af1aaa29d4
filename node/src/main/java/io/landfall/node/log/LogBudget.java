package io.landfall.node.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many lines of one kind may be written: a first {@link #BURST}, and from then on {@link
 * #LINES_PER_SECOND} at the most. What is left out is counted, and the count is told.
 *
 * <p>It has no clock and writes nothing; its owner is one thread at a time.
 */
final class LogBudget {
  /** Lines of one kind that are written at once, as when all peers of a large overlay come up. */
  static final int BURST = 100;

  /** Lines of one kind that are written in the long run. */
  static final int LINES_PER_SECOND = 2;

  /**
   * Texts of one source that are told apart. Who puts values into its text has more of them; they
   * share one budget then, and take nothing from any other source.
   */
  static final int MAX_TEXTS = 64;

  /** Sources that are told apart; they are the loggers of the program, of which there are fewer. */
  static final int MAX_SOURCES = 512;

  /** How often the counts of what was left out are told. */
  static final long SUMMARY_MILLIS = 10_000;

  private static final String OTHERS = "(other lines)";
  private static final long MILLIS_PER_LINE = 1_000 / LINES_PER_SECOND;

  private final Map<String, Map<String, Kind>> kinds = new LinkedHashMap<>();
  private long toldMillis = Long.MIN_VALUE;
  private long leftOut;

  /**
   * Lines that were left out.
   *
   * @param source who would have written them
   * @param text their text before the values, without the fields
   * @param count how many
   */
  record LeftOut(String source, String text, long count) {}

  private static final class Kind {
    long tokens = BURST;
    long refilledMillis;
    long leftOut;

    Kind(long nowMillis) {
      refilledMillis = nowMillis;
    }

    boolean take(long nowMillis) {
      long lines = (nowMillis - refilledMillis) / MILLIS_PER_LINE;
      if (lines > 0) {
        tokens = Math.min(BURST, tokens + lines);
        refilledMillis += lines * MILLIS_PER_LINE;
      }
      if (tokens == 0) {
        leftOut++;
        return false;
      }
      tokens--;
      return true;
    }
  }

  /**
   * Whether a line may be written; one that may not is counted.
   *
   * @param source who writes it: the logger's name
   * @param text its text before the values
   * @param nowMillis a time that does not go back, in milliseconds
   */
  boolean take(String source, String text, long nowMillis) {
    Map<String, Kind> texts = kinds.get(source);
    if (texts == null) {
      texts =
          kinds.computeIfAbsent(
              kinds.size() < MAX_SOURCES ? source : OTHERS, k -> new LinkedHashMap<>());
    }
    Kind kind = texts.get(text);
    if (kind == null) {
      kind =
          texts.computeIfAbsent(texts.size() < MAX_TEXTS ? text : OTHERS, k -> new Kind(nowMillis));
    }
    if (kind.take(nowMillis)) {
      return true;
    }
    leftOut++;
    return false;
  }

  /**
   * The counts of what was left out, each told once: empty when there are none, or when they were
   * told a short while ago.
   */
  List<LeftOut> summary(long nowMillis) {
    if (leftOut == 0 || (toldMillis != Long.MIN_VALUE && nowMillis - toldMillis < SUMMARY_MILLIS)) {
      return List.of();
    }
    toldMillis = nowMillis;
    leftOut = 0;
    List<LeftOut> told = new ArrayList<>();
    kinds.forEach(
        (source, texts) ->
            texts.forEach(
                (text, kind) -> {
                  if (kind.leftOut > 0) {
                    told.add(new LeftOut(source, text, kind.leftOut));
                    kind.leftOut = 0;
                  }
                }));
    return told;
  }
}
