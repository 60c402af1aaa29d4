package io.landfall.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No line gets past the budget, whatever writes it. */
class BudgetFilterTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();

  @BeforeEach
  void start() {
    new Logs().configure(context);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    written.setContext(context);
    written.start();
    root.addAppender(written);
  }

  private long lines(String logger) {
    return written.list.stream().filter(event -> event.getLoggerName().equals(logger)).count();
  }

  @Test
  void aFloodOfOneLineIsCutWhateverItsValuesAre() {
    Logger overlay = context.getLogger("landfall.overlay");
    for (int i = 0; i < 50_000; i++) {
      overlay.warn("newcomer refused peer={} remote={}", "n" + i, i);
    }
    // The first span's count comes with the first line that is left out.
    assertThat(lines("landfall.overlay")).isBetween(100L, 200L);
    assertThat(lines("landfall.log")).isBetween(1L, 5L);
    overlay.warn("adjacency down peer={}", "nyc");
    assertThat(written.list.getLast().getFormattedMessage()).isEqualTo("adjacency down peer=nyc");
  }

  /** As a service that flaps for 100 s does: one line a change, with fields. */
  @Test
  void aFloodOfLinesWithFieldsIsCutToo() {
    Logger signal = context.getLogger("landfall.signal");
    for (int i = 0; i < 50_000; i++) {
      signal
          .atInfo()
          .addKeyValue("service", "shop")
          .addKeyValue("to", i % 2 == 0 ? "UP" : "DOWN")
          .addKeyValue("why", i + " of 50000")
          .log("service signal");
    }
    assertThat(lines("landfall.signal")).isBetween(100L, 200L);
    assertThat(lines("landfall.log")).isBetween(1L, 5L);
    signal.atInfo().addKeyValue("service", "shop").log("another line");
    assertThat(written.list.getLast().getFormattedMessage()).isEqualTo("another line");
  }

  @Test
  void aLibrarysFloodWithTheValuesInItsTextIsCutToo() {
    Logger netty = context.getLogger("io.netty.channel");
    for (int i = 0; i < 50_000; i++) {
      netty.warn("failed to write to /127.0.0.1:" + i);
    }
    assertThat(lines("io.netty.channel"))
        .isLessThanOrEqualTo(LogBudget.MAX_TEXTS + 2L * LogBudget.BURST);
  }

  @Test
  void whatIsBelowTheLevelCostsNoBudget() {
    Logger overlay = context.getLogger("landfall.overlay");
    for (int i = 0; i < 1_000; i++) {
      overlay.debug("a detail");
    }
    overlay.setLevel(Level.DEBUG);
    overlay.debug("a detail");
    assertThat(lines("landfall.overlay")).isEqualTo(1);
  }
}
