package io.landfall.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.landfall.config.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader of the log that stands still holds nobody up, and learns what it has missed. */
@Timeout(60)
class QueuedAppenderTest {
  private static final long PATIENCE_MILLIS = 30_000;

  private final LoggerContext context = new LoggerContext();
  private final Logger log = context.getLogger("landfall.test");
  private final Reader reader = new Reader();
  private QueuedAppender appender;

  /** Takes nothing until it is let go; a write to it stands meanwhile, as to a full pipe. */
  private static final class Reader extends OutputStream {
    final CountDownLatch stands = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);
    volatile boolean full;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      stands.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (full) {
        throw new IOException("No space left on device");
      }
      synchronized (read) {
        read.write(bytes, from, length);
      }
    }

    String text() {
      synchronized (read) {
        return read.toString(StandardCharsets.UTF_8);
      }
    }

    /** What was read, without time, level and logger. */
    List<String> lines() {
      return text().lines().map(line -> line.substring(line.indexOf(" msg=") + 1)).toList();
    }
  }

  @BeforeEach
  void start() {
    appender = new QueuedAppender(context, Logs.encoder(context, LogConfig.Format.LOGFMT), reader);
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  @AfterEach
  void stop() {
    reader.goesOn.countDown();
    appender.stop();
  }

  private void flush() {
    assertThat(appender.queue().flush(PATIENCE_MILLIS)).isTrue();
  }

  /** The first line is being written from now on; no other is. */
  private void firstLineStands() throws InterruptedException {
    log.info("first");
    reader.stands.await();
  }

  @Test
  void whoLogsDoesNotWaitAndWhatDoesNotFitIsToldWhereItIsMissing() throws Exception {
    firstLineStands();
    List<String> expected = new ArrayList<>(List.of("msg=first"));
    for (int i = 0; i < LineQueue.MAX_LINES; i++) {
      log.info("line-{}", i);
      expected.add("msg=line-" + i);
    }
    assertThat(appender.queue().lost()).isZero();
    for (int i = 0; i < 5; i++) {
      log.info("too-much");
    }
    assertThat(appender.queue().lost()).isEqualTo(5);
    assertThat(reader.text()).as("the reader still stands").isEmpty();
    assertThat(appender.queue().flush(1)).as("an end does not wait for it for ever").isFalse();
    reader.goesOn.countDown();
    flush();
    log.info("later");
    flush();
    expected.addAll(List.of("msg=\"lines lost\" count=5", "msg=later"));
    assertThat(reader.lines()).isEqualTo(expected);
    assertThat(reader.text()).contains(" level=warn logger=landfall.log msg=\"lines lost\"");
    assertThat(appender.queue().lost()).isEqualTo(5);
  }

  @Test
  void ofLongLinesFewerFit() throws Exception {
    firstLineStands();
    String half = "x".repeat(LineQueue.MAX_BYTES / 2);
    log.info(half);
    log.info(half);
    assertThat(appender.queue().lost()).as("with its other fields it is longer").isEqualTo(1);
    log.info("short");
    assertThat(appender.queue().lost()).as("none overtakes what is lost").isEqualTo(2);
    reader.goesOn.countDown();
    flush();
    assertThat(reader.lines())
        .containsExactly("msg=first", "msg=" + half, "msg=\"lines lost\" count=2");
  }

  @Test
  void aLineThatIsLongerThanTheQueueIsWrittenToo() throws Exception {
    firstLineStands();
    String all = "x".repeat(LineQueue.MAX_BYTES + 1);
    log.info(all);
    reader.goesOn.countDown();
    flush();
    assertThat(reader.lines()).containsExactly("msg=first", "msg=" + all);
  }

  @Test
  void aLineHasTheValuesOfTheMomentAtWhichItWasLogged() throws Exception {
    firstLineStands();
    StringBuilder value = new StringBuilder("then");
    log.atInfo().addKeyValue("value", value).addArgument(value).log("at-{}");
    value.replace(0, 4, "now");
    reader.goesOn.countDown();
    flush();
    assertThat(reader.lines()).containsExactly("msg=first", "msg=at-then value=then");
  }

  @Test
  void whatAFullDiskDidNotTakeIsToldOnceItTakesSomething() {
    reader.full = true;
    reader.goesOn.countDown();
    log.info("a");
    log.info("b");
    flush();
    assertThat(appender.queue().lost()).isEqualTo(2);
    reader.full = false;
    log.info("c");
    flush();
    assertThat(reader.lines()).containsExactly("msg=\"lines lost\" count=2", "msg=c");
    assertThat(appender.queue().lost()).isEqualTo(2);
  }

  @Test
  void whatWaitsWhenItIsStoppedIsWritten() throws Exception {
    firstLineStands();
    log.info("last");
    appender.stop();
    reader.goesOn.countDown();
    flush();
    assertThat(reader.lines()).containsExactly("msg=first", "msg=last");
  }
}
