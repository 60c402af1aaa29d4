package io.landfall.node.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * One event, one line of logfmt: {@code time level logger msg key=value}. (Logback's {@code %kvp}
 * escapes nothing.)
 *
 * <p>Whatever a message or value contains, it cannot start a second line or a forged key: control
 * characters are escaped. A stack trace is one value.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  /** How many frames of a stack trace are written. */
  static final int MAX_FRAMES = 30;

  LineLayout() {}

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    String time =
        Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS).toString();
    put(line, "time", time);
    put(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    put(line, "logger", shortName(event.getLoggerName()));
    String message = event.getFormattedMessage();
    put(line, "msg", message == null ? "" : message);
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        put(line, pair.key, String.valueOf(pair.value));
      }
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      put(line, "error", trace(thrown));
    }
    return line.append('\n').toString();
  }

  private static void put(StringBuilder line, String key, String value) {
    line.append(line.isEmpty() ? "" : " ");
    for (int i = 0; i < key.length(); i++) {
      line.append(isPlain(key.charAt(i)) ? key.charAt(i) : '_');
    }
    line.append('=');
    boolean plain = !value.isEmpty();
    for (int i = 0; plain && i < value.length(); i++) {
      plain = isPlain(value.charAt(i));
    }
    if (plain) {
      line.append(value);
    } else {
      quote(line, value);
    }
  }

  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  }

  private static void quote(StringBuilder line, String value) {
    line.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\t' -> line.append("\\t");
        default -> {
          if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
            line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }

  private static String shortName(String logger) {
    String prefix = "io.landfall.";
    return logger.startsWith(prefix) ? logger.substring(prefix.length()) : logger;
  }

  private static String trace(IThrowableProxy thrown) {
    StringBuilder text = new StringBuilder();
    for (IThrowableProxy at = thrown; at != null; at = at.getCause()) {
      text.append(text.isEmpty() ? "" : "\ncaused by ");
      text.append(at.getClassName());
      if (at.getMessage() != null) {
        text.append(": ").append(at.getMessage());
      }
      StackTraceElementProxy[] frames = at.getStackTraceElementProxyArray();
      for (int i = 0; i < Math.min(MAX_FRAMES, frames.length); i++) {
        text.append("\n  ").append(frames[i].getSTEAsString());
      }
    }
    return text.toString();
  }
}
