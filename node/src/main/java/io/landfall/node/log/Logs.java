package io.landfall.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.landfall.config.LogConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sets the process's logging up, in code: no XML is parsed while a node starts.
 *
 * <p>It is also Logback's configurator by service loading, so that whatever logs before the config
 * is read already comes out as one logfmt line on standard error. That is written by whoever logs,
 * as commands need it, who may end at any moment; a daemon's lines are written by a thread of their
 * own, since no thread of it may wait for the reader of its log.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  /** What an end of the process waits at the most for lines that nobody takes. */
  private static final long FLUSH_MILLIS = 1_000;

  /** The daemon's; null before its start, and in any other process. */
  private static volatile @Nullable LineQueue queue;

  /** For Logback's service loading. */
  public Logs() {}

  /**
   * Writes to standard error from now on, as configured, by a thread of its own; whoever ends the
   * process calls {@link #flush} or {@link #lastWords} before.
   */
  public static void start(LogConfig config) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      // Not System.err: while a write stands still, nobody else is to wait for its lock.
      QueuedAppender appender =
          new QueuedAppender(
              context, encoder(context, config.format()), new FileOutputStream(FileDescriptor.err));
      apply(context, appender, config.level());
      queue = appender.queue();
    }
  }

  /** Waits for a short time until what was logged is written: before the process ends. */
  public static void flush() {
    LineQueue lines = queue;
    if (lines != null) {
      lines.flush(FLUSH_MILLIS);
    }
  }

  /** Writes a text for people to standard error as it is, behind what was logged. */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static void say(String text) {
    LineQueue lines = queue;
    if (lines == null) {
      System.err.println(text);
    } else {
      lines.add((text + System.lineSeparator()).getBytes(System.err.charset()));
    }
  }

  /** The same before the process ends: waits for a short time until it is written. */
  public static void lastWords(String text) {
    say(text);
    flush();
  }

  /** Lines of the daemon that were lost, since nothing took them. */
  public static long lost() {
    LineQueue lines = queue;
    return lines == null ? 0 : lines.lost();
  }

  /** The least severe level that is written from now on. */
  public static void level(LogConfig.Level least) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(logback(least));
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    LogConfig config = LogConfig.DEFAULT;
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context, config.format()));
    apply(context, appender, config.level());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static void apply(
      LoggerContext context, Appender<ILoggingEvent> appender, LogConfig.Level level) {
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    context.resetTurboFilterList();
    BudgetFilter budget = new BudgetFilter(context);
    budget.start();
    context.addTurboFilter(budget);
    root.setLevel(logback(level));
    // Netty at debug level tells about every buffer: never wanted, and slow at start.
    context.getLogger("io.netty").setLevel(Level.WARN);
  }

  /** How an event becomes a line; started. */
  static Encoder<ILoggingEvent> encoder(LoggerContext context, LogConfig.Format format) {
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case LOGFMT -> logfmt(context);
          case JSON -> json();
        };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> logfmt(LoggerContext context) {
    LineLayout layout = new LineLayout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    return encoder;
  }

  /** Timestamp, level, logger, message, fields and stack trace; not what says nothing here. */
  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithThreadName(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithArguments(false);
    return encoder;
  }

  private static Level logback(LogConfig.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
      case TRACE -> Level.TRACE;
    };
  }
}
