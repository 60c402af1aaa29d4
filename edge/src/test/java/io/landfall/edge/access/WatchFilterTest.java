package io.landfall.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which requests somebody who watches gets, and for how long. */
class WatchFilterTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final WatchFilter ALL =
      new WatchFilter(Optional.empty(), 0, 999, Optional.empty(), 0, Optional.empty());
  private static final WatchFilter FAILED =
      new WatchFilter(Optional.empty(), 400, 499, Optional.empty(), 0, Optional.empty());

  private final RequestWatches watches = new RequestWatches();
  private final AtomicInteger written = new AtomicInteger();

  private static WatchFilter.Seen seen(int status, long micros, @Nullable String id) {
    return new WatchFilter.Seen(Optional.of(SHOP), status, "shop.test", micros, id);
  }

  private void over(int status) {
    watches.over(seen(status, 0, null), () -> "line " + written.incrementAndGet());
  }

  @Test
  void boundsAreInside() {
    assertThat(FAILED.takes(seen(399, 0, null))).isFalse();
    assertThat(FAILED.takes(seen(400, 0, null))).isTrue();
    assertThat(FAILED.takes(seen(499, 0, null))).isTrue();
    assertThat(FAILED.takes(seen(500, 0, null))).isFalse();
    WatchFilter slow =
        new WatchFilter(Optional.empty(), 0, 999, Optional.empty(), 10, Optional.empty());
    assertThat(slow.takes(seen(200, 9, null))).isFalse();
    assertThat(slow.takes(seen(200, 10, null))).isTrue();
  }

  @Test
  void whatIsNamedHasToBeTheSame() {
    for (String service : List.of("shop", "blog")) {
      WatchFilter filter =
          new WatchFilter(
              Optional.of(new ServiceName(service)), 0, 999, Optional.empty(), 0, Optional.empty());
      assertThat(filter.takes(seen(200, 0, null))).isEqualTo(service.equals("shop"));
    }
    for (String host : List.of("shop.test", "blog.test")) {
      WatchFilter filter =
          new WatchFilter(Optional.empty(), 0, 999, Optional.of(host), 0, Optional.empty());
      assertThat(filter.takes(seen(200, 0, null))).isEqualTo(host.equals("shop.test"));
    }
    WatchFilter one =
        new WatchFilter(Optional.empty(), 0, 999, Optional.empty(), 0, Optional.of("id-1"));
    assertThat(one.takes(seen(200, 0, "id-1"))).isTrue();
    assertThat(one.takes(seen(200, 0, "id-2"))).isFalse();
    assertThat(one.takes(seen(200, 0, null))).isFalse();
    assertThat(ALL.takes(seen(0, 0, null))).isTrue();
  }

  @Test
  void aLineIsWrittenOnceForAllWhoWantItAndNotForNobody() {
    List<String> all = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    assertThat(watches.isWatched()).isFalse();
    over(400);
    assertThat(watches.add(FAILED, failed::add)).isPresent();
    assertThat(watches.isWatched()).isTrue();
    over(200);
    assertThat(written).hasValue(0);
    assertThat(watches.add(ALL, all::add)).isPresent();
    over(400);
    over(200);
    assertThat(failed).containsExactly("line 1");
    assertThat(all).containsExactly("line 1", "line 2");
  }

  @Test
  void aWatchThatEndsLeavesTheOthersAndMakesRoom() {
    List<String> first = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Runnable end = watches.add(ALL, first::add).orElseThrow();
    for (int i = 1; i < RequestWatches.MAX_WATCHERS; i++) {
      assertThat(watches.add(ALL, others::add)).isPresent();
    }
    assertThat(watches.add(ALL, others::add)).isEmpty();
    end.run();
    over(200);
    assertThat(first).isEmpty();
    assertThat(others).hasSize(RequestWatches.MAX_WATCHERS - 1);
    assertThat(watches.add(ALL, first::add)).isPresent();
  }
}
