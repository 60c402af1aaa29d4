package io.landfall.node.log;

import io.landfall.control.LogField;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Lines of the functional core, which logs nothing itself. */
public final class LogLines {
  private LogLines() {}

  /** Writes a line: its message, and its fields as fields. */
  public static void write(Logger log, Level level, String message, List<LogField> fields) {
    LoggingEventBuilder line = log.atLevel(level);
    for (LogField field : fields) {
      line = line.addKeyValue(field.key(), field.value());
    }
    line.log(message);
  }
}
