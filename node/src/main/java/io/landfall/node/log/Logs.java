package io.landfall.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.landfall.config.LogConfig;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Sets the process's logging up, in code: no XML is parsed while a node starts.
 *
 * <p>It is also Logback's configurator by service loading, so that whatever logs before the config
 * is read already comes out as one logfmt line on standard error.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  /** For Logback's service loading. */
  public Logs() {}

  /** Writes to standard error from now on, as configured. */
  public static void start(LogConfig config) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      apply(context, config);
    }
  }

  /** The least severe level that is written from now on. */
  public static void level(LogConfig.Level least) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(logback(least));
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    apply(context, LogConfig.DEFAULT);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static void apply(LoggerContext context, LogConfig config) {
    Encoder<ILoggingEvent> encoder = encoder(context, config.format());
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    context.resetTurboFilterList();
    BudgetFilter budget = new BudgetFilter(context);
    budget.start();
    context.addTurboFilter(budget);
    root.setLevel(logback(config.level()));
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
