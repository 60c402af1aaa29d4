package io.landfall.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.landfall.config.LogConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** One event, one line, whatever is in it. */
class LineLayoutTest {
  private static LoggingEvent event(String message) {
    Logger logger =
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("io.landfall.node.X");
    LoggingEvent event = new LoggingEvent("x", logger, Level.WARN, message, null, null);
    event.setInstant(Instant.parse("2026-11-23T12:00:00.5Z"));
    return event;
  }

  @Test
  void logfmtHasTimeLevelLoggerMessageAndPairs() {
    LoggingEvent event = event("peer lost");
    event.addKeyValuePair(new KeyValuePair("peer", "nyc"));
    event.addKeyValuePair(new KeyValuePair("why", "hold timer expired"));
    assertThat(new LineLayout().doLayout(event))
        .isEqualTo(
            "time=2026-11-23T12:00:00.500Z level=warn logger=node.X msg=\"peer lost\" peer=nyc"
                + " why=\"hold timer expired\"\n");
  }

  @Test
  void jsonHasTheFieldsAsFieldsAndTheMessageWithoutThem() {
    LoggingEvent event = event("say \"hi\"");
    event.addKeyValuePair(new KeyValuePair("peer", "nyc"));
    event.addKeyValuePair(new KeyValuePair("why", "a\nb"));
    assertThat(
            new String(
                Logs.encoder(new LoggerContext(), LogConfig.Format.JSON).encode(event),
                StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"timestamp\":1795435200500,\"level\":\"WARN\",\"loggerName\":\"io.landfall.node.X\","
                + "\"kvpList\": [{\"peer\":\"nyc\"},{\"why\":\"a\\nb\"}],"
                + "\"formattedMessage\":\"say \\\"hi\\\"\",\"throwable\":null}\n");
  }

  @Test
  void nothingInAValueCanForgeALineOrAKey() {
    LoggingEvent event = event("a\nlevel=error");
    event.addKeyValuePair(new KeyValuePair("pa th", "x level=info\r\u001b[2J"));
    String line = new LineLayout().doLayout(event);
    assertThat(line)
        .isEqualTo(
            "time=2026-11-23T12:00:00.500Z level=warn logger=node.X msg=\"a\\nlevel=error\""
                + " pa_th=\"x level=info\\u000d\\u001b[2J\"\n");
  }
}
