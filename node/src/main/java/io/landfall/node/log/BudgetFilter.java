package io.landfall.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.landfall.node.log.LogBudget.LeftOut;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Gives every line of the process a budget, by logger and text: what peers, clients, backends and
 * neighbours cause must not fill a disk, nor hide the other lines, whatever they do. It stands
 * before the place where a line is made, so that no line can be written past it, those of libraries
 * included, and one that is left out costs a look-up.
 *
 * <p>What was left out is told by a line of its own, with the next line that comes.
 */
final class BudgetFilter extends TurboFilter {
  /** The logger of lines that report missing ones. */
  static final String SUMMARY_LOGGER = "landfall.log";

  private final LogBudget budget = new LogBudget();

  BudgetFilter(LoggerContext context) {
    setContext(context);
    setName("budget");
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    // Without a text it is a question whether the level is on, and no line.
    if (format == null
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())
        || logger.getName().equals(SUMMARY_LOGGER)) {
      return FilterReply.NEUTRAL;
    }
    long nowMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    boolean granted;
    List<LeftOut> summary;
    synchronized (budget) {
      granted = budget.take(logger.getName(), format, nowMillis);
      summary = budget.summary(nowMillis);
    }
    if (!summary.isEmpty()) {
      tell(logger.getLoggerContext(), summary);
    }
    return granted ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  private static void tell(LoggerContext context, List<LeftOut> summary) {
    Logger log = context.getLogger(SUMMARY_LOGGER);
    for (LeftOut each : summary) {
      log.atWarn()
          .addKeyValue("count", each.count())
          .addKeyValue("source", each.source())
          .addKeyValue("text", each.text())
          .log("lines left out");
    }
  }
}
