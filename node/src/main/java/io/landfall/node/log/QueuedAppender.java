package io.landfall.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.OutputStream;
import org.slf4j.event.KeyValuePair;

/**
 * Writes lines by a thread of its own: see {@link LineQueue}. An event becomes a line on the thread
 * that logs, so that it has the values of that moment; Logback's own queue holds events, and counts
 * none that it drops.
 */
final class QueuedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private final Encoder<ILoggingEvent> encoder;
  private final LineQueue queue;

  /**
   * An appender whose thread runs.
   *
   * @param encoder started; any thread may use it at any time
   * @param out where the lines go
   */
  QueuedAppender(LoggerContext context, Encoder<ILoggingEvent> encoder, OutputStream out) {
    setContext(context);
    setName("stderr");
    this.encoder = encoder;
    Logger log = context.getLogger(BudgetFilter.SUMMARY_LOGGER);
    this.queue = new LineQueue(out, count -> encoder.encode(lost(log, count)));
  }

  private static LoggingEvent lost(Logger log, long count) {
    LoggingEvent event =
        new LoggingEvent(
            QueuedAppender.class.getName(), log, Level.WARN, "lines lost", null, new Object[0]);
    event.addKeyValuePair(new KeyValuePair("count", count));
    return event;
  }

  @Override
  protected void append(ILoggingEvent event) {
    queue.add(encoder.encode(event));
  }

  /** The queue, for lines that are no events, and for who waits until all is written. */
  LineQueue queue() {
    return queue;
  }

  @Override
  public void stop() {
    super.stop();
    queue.close();
  }
}
