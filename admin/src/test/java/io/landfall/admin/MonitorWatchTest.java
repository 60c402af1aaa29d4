package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A watcher that reads slowly loses events, is told how many and where, and goes on. */
class MonitorWatchTest {
  private int closed;

  private static MonitorEvent event(String peer, String name, String why) {
    return new MonitorEvent(
        Instant.parse("2026-11-23T12:00:00.123456Z"),
        "route",
        "UPDATE",
        new MonitorEvent.Subject(Optional.of(peer), Optional.of(name), Optional.of("10.32.1.10")),
        Optional.empty(),
        Optional.of(new JsonObject().put("paths", List.of())),
        why);
  }

  private static String why(Optional<StreamedLine> line) {
    return ((MonitorEvent) line.orElseThrow()).why();
  }

  private static List<String> drain(MonitorWatch watch) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    Optional<StreamedLine> next = watch.take(0);
    while (next.isPresent()) {
      seen.add(why(next));
      next = watch.take(0);
    }
    return seen;
  }

  @Test
  void whatDoesNotFitIsCountedAndSaidWhereItWouldHaveStood() throws InterruptedException {
    MonitorWatch watch = new MonitorWatch(MonitorFilter.ALL, 3, 100, () -> closed++);
    for (int i = 1; i <= 8; i++) {
      watch.offer(event("nyc", "shop", "e" + i));
    }
    assertThat(why(watch.take(0))).isEqualTo("e1");
    watch.offer(event("nyc", "shop", "e9"));
    assertThat(why(watch.take(0))).isEqualTo("e2");
    watch.offer(event("nyc", "shop", "e10"));
    assertThat(drain(watch))
        .containsExactly("e3", "6 events lost: this watcher reads too slowly", "e10");
    watch.offer(event("nyc", "shop", "e11"));
    assertThat(drain(watch)).containsExactly("e11");
  }

  @Test
  void lossAtTheEndIsToldWithoutAnotherEvent() throws InterruptedException {
    MonitorWatch watch = new MonitorWatch(MonitorFilter.ALL, 1, 100, () -> closed++);
    watch.offer(event("nyc", "shop", "e1"));
    watch.offer(event("nyc", "shop", "e2"));
    assertThat(drain(watch)).containsExactly("e1", "1 events lost: this watcher reads too slowly");
  }

  @Test
  void aFilterKeepsEverythingElseOutOfTheBuffer() throws InterruptedException {
    MonitorWatch watch =
        new MonitorWatch(
            new MonitorFilter(Optional.of("nyc"), Optional.of("shop")), 2, 100, () -> closed++);
    watch.offer(event("sin", "shop", "other peer"));
    watch.offer(event("nyc", "media", "other service"));
    watch.offer(event("sin", "media", "both"));
    watch.offer(event("nyc", "shop", "mine"));
    assertThat(drain(watch)).containsExactly("mine");
  }

  @Test
  void aClosedWatchIsLeftOnceAndTakesNothing() throws InterruptedException {
    MonitorHub hub = new MonitorHub();
    MonitorWatch[] self = new MonitorWatch[1];
    self[0] =
        new MonitorWatch(
            MonitorFilter.ALL,
            () -> {
              closed++;
              hub.remove(self[0]);
            });
    hub.add(self[0]);
    hub.emit(event("nyc", "shop", "e1"));
    self[0].close();
    self[0].close();
    assertThat(closed).isEqualTo(1);
    assertThat(hub.isWatched()).isFalse();
    assertThat(self[0].isClosed()).isTrue();
    assertThat(drain(self[0])).isEmpty();
  }

  @Test
  void anEventIsOneLineOfJson() {
    assertThat(event("nyc", "shop", "two\nlines").toLine())
        .isEqualTo(
            """
            {"time":"2026-11-23T12:00:00.123Z","type":"route","cause":"UPDATE","peer":"nyc",\
            "name":"shop","address":"10.32.1.10","before":null,"after":{"paths":[]},\
            "why":"two\\nlines"}
            """);
  }

  @Test
  void linesThatAreWrittenAlreadyAreBoundedByTheirLength() throws InterruptedException {
    MonitorWatch watch = new MonitorWatch(MonitorFilter.ALL, 100, 10, () -> closed++);
    watch.offerLine("12345\n");
    watch.offerLine("6789\n");
    assertThat(watch.take(0).orElseThrow().toLine()).isEqualTo("12345\n");
    watch.offerLine("6789\n");
    assertThat(why(watch.take(0))).isEqualTo("1 events lost: this watcher reads too slowly");
    assertThat(watch.take(0).orElseThrow().toLine()).isEqualTo("6789\n");
    assertThat(watch.take(0)).isEmpty();
  }

  @Test
  void aClosedWatchKeepsNothing() throws InterruptedException {
    MonitorWatch watch = new MonitorWatch(MonitorFilter.ALL, 1, 100, () -> closed++);
    watch.close();
    watch.offerLine("late\n");
    assertThat(watch.take(0)).isEmpty();
  }
}
