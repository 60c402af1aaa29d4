package io.landfall.control;

import java.util.List;

/**
 * One field of a line for the log: a structured value beside the message, so that the message of
 * one kind of line is always the same text.
 *
 * @param key its name
 * @param value what is written with {@link Object#toString}
 */
public record LogField(String key, Object value) {
  /** A field. */
  static LogField field(String key, Object value) {
    return new LogField(key, value);
  }

  /** A message and its fields, as text. */
  public static String text(String message, List<LogField> fields) {
    StringBuilder text = new StringBuilder(message);
    for (LogField field : fields) {
      text.append(' ').append(field.key()).append('=').append(field.value());
    }
    return text.toString();
  }
}
