package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.ServiceName;
import io.landfall.signal.ProbeSpec.Check;
import io.landfall.signal.ProbeSpec.Statuses;
import io.landfall.signal.ProbeSpec.Way;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Each number of a probe, a service and a lease, at both ends of its range and just beyond. */
class SpecBoundsTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final Check TCP = new Check.Tcp();

  private static void isWithin(long least, long most, LongConsumer made) {
    for (long good : new long[] {least, most}) {
      assertThatCode(() -> made.accept(good)).as("%d", good).doesNotThrowAnyException();
    }
    for (long bad : new long[] {least - 1, most + 1}) {
      assertThatThrownBy(() -> made.accept(bad))
          .as("%d", bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void isInt(int least, int most, IntConsumer made) {
    isWithin(least, most, value -> made.accept((int) value));
  }

  @Test
  void theTimesAndCountsOfAProbeHaveTheirRanges() {
    isWithin(
        ProbeSpec.MIN_INTERVAL_MILLIS,
        ProbeSpec.MAX_INTERVAL_MILLIS,
        interval -> new ProbeSpec(TCP, interval, 1, 1, 1));
    isWithin(1, 2_000, timeout -> new ProbeSpec(TCP, 2_000, timeout, 1, 1));
    isInt(1, ProbeSpec.MAX_COUNT, fall -> new ProbeSpec(TCP, 2_000, 500, fall, 1));
    isInt(1, ProbeSpec.MAX_COUNT, rise -> new ProbeSpec(TCP, 2_000, 500, 1, rise));
  }

  @Test
  void theWayAndTheStatusesOfAProbeHaveTheirRanges() {
    isInt(1, 65_535, port -> new Way(OptionalInt.of(port), Optional.empty(), 1));
    isInt(
        1,
        ProbeSpec.MAX_REQUESTS_PER_CONNECTION,
        requests -> new Way(OptionalInt.empty(), Optional.empty(), requests));
    isInt(200, 599, least -> new Statuses(least, 599));
    isInt(200, 599, most -> new Statuses(200, most));
    assertThatThrownBy(() -> new Statuses(300, 299)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatGoesOnTheWireIsVisibleAscii() {
    for (String good : List.of("/", "/!~", "/health?deep=1")) {
      assertThatCode(() -> new Check.Http(good)).as(good).doesNotThrowAnyException();
    }
    for (String bad : List.of("", "health", "/a b", "/\u007f", "/\u00e9", "/\r")) {
      assertThatThrownBy(() -> new Check.Http(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String bad : List.of("", "a b", "\u007f", "a\n")) {
      assertThatThrownBy(() -> new Check.Http("/", Optional.of(bad), Statuses.USUAL, Way.USUAL))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatCode(() -> new Check.Http("/", Optional.of("~!"), Statuses.USUAL, Way.USUAL))
        .doesNotThrowAnyException();
  }

  @Test
  void aCommandHasAProgramAndNotTooManyWords() {
    isInt(1, ProbeSpec.MAX_WORDS, words -> new Check.Exec(Collections.nCopies(words, "true")));
    assertThatThrownBy(() -> new Check.Exec(List.of("", "x")))
        .hasMessageContaining("words, the first a program");
  }

  @Test
  void aServiceHasItsMostBackendsAndHostsAndABackendItsPort() {
    BackendAddress backend = new BackendAddress("b", 1);
    isInt(1, 65_535, port -> new BackendAddress("b", port));
    assertThatThrownBy(() -> new BackendAddress("", 80))
        .isInstanceOf(IllegalArgumentException.class);
    isMost(
        ServiceHealth.MAX_BACKENDS,
        count ->
            new ServiceSpec(SHOP, Collections.nCopies(count, backend), ProbeSpec.defaultProbe()));
    isMost(
        ServiceSpec.MAX_HOSTS,
        count ->
            new ServiceSpec(
                SHOP,
                List.of(backend),
                ProbeSpec.defaultProbe(),
                Collections.nCopies(count, new ServiceSpec.AdvertisingHost("h", List.of(0)))));
  }

  private static void isMost(int most, IntConsumer made) {
    assertThatCode(() -> made.accept(most)).doesNotThrowAnyException();
    assertThatThrownBy(() -> made.accept(most + 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
