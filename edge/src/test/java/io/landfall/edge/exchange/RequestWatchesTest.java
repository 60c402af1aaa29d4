package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.access.RequestWatches;
import io.landfall.edge.access.WatchFilter;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests are shown to who watches them, as they end, without an access log. */
class RequestWatchesTest {
  private static final WatchFilter ALL =
      new WatchFilter(Optional.empty(), 0, 999, Optional.empty(), 0, Optional.empty());

  private final TestBackend backend = TestBackend.saying("hello");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private static WatchFilter service(String name) {
    return new WatchFilter(
        Optional.of(new ServiceName(name)), 0, 999, Optional.empty(), 0, Optional.empty());
  }

  private static WatchFilter status(int least, int most) {
    return new WatchFilter(Optional.empty(), least, most, Optional.empty(), 0, Optional.empty());
  }

  private int get(String path) {
    return RawClient.get(fra.http(), "shop.test", path).status();
  }

  @Test
  void bothNodesShowAForwardedRequest() {
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    assertThat(get("/before")).isEqualTo(200);
    List<String> there = new CopyOnWriteArrayList<>();
    Runnable end = fra.edge().watches().add(ALL, seen::add).orElseThrow();
    assertThat(nyc.edge().watches().add(ALL, there::add)).isPresent();
    assertThat(get("/x?q=1")).isEqualTo(200);
    TestSite.await("both have it", () -> seen.size() == 1 && there.size() == 1);
    assertThat(seen.getFirst())
        .startsWith("{\"time\":\"")
        .endsWith("}\n")
        .contains("\"target\":\"/x?q=1\"", "\"status\":200", "\"service\":\"shop\"")
        .contains("\"outcome\":\"forward\"", "\"upstream\":\"nyc\"")
        .doesNotContain("request_id");
    assertThat(there.getFirst()).contains("\"from_node\":\"lander\"", "\"outcome\":\"serve\"");
    end.run();
    assertThat(get("/after")).isEqualTo(200);
    TestSite.await("the other has it", () -> there.size() == 2);
    assertThat(seen).hasSize(1);
    assertThat(fra.edge().watches().isWatched()).isFalse();
  }

  @Test
  void eachSeesWhatItAskedFor() {
    fra.publish(Signal.UP, backends(backend));
    List<String> failed = new CopyOnWriteArrayList<>();
    List<String> slow = new CopyOnWriteArrayList<>();
    List<String> other = new CopyOnWriteArrayList<>();
    WatchFilter slower =
        new WatchFilter(
            Optional.empty(), 0, 999, Optional.empty(), Long.MAX_VALUE, Optional.empty());
    assertThat(fra.edge().watches().add(service("shop"), seen::add)).isPresent();
    assertThat(fra.edge().watches().add(status(400, 499), failed::add)).isPresent();
    assertThat(fra.edge().watches().add(slower, slow::add)).isPresent();
    assertThat(fra.edge().watches().add(service("other"), other::add)).isPresent();
    assertThat(get("/good")).isEqualTo(200);
    assertThat(RawClient.get(fra.http(), "no.test", "/bad").status()).isEqualTo(421);
    TestSite.await("both are over", () -> seen.size() == 1 && failed.size() == 1);
    assertThat(seen.getFirst()).contains("/good");
    assertThat(failed.getFirst()).contains("/bad", "\"status\":421", "\"outcome\":\"decline\"");
    assertThat(slow).isEmpty();
    assertThat(other).isEmpty();
  }

  @Test
  void moreThanAFewMayNotWatchAndOneThatEndsMakesRoom() {
    RequestWatches watches = fra.edge().watches();
    List<Runnable> ends = new CopyOnWriteArrayList<>();
    for (int i = 0; i < RequestWatches.MAX_WATCHERS; i++) {
      ends.add(watches.add(ALL, seen::add).orElseThrow());
    }
    assertThat(watches.add(ALL, seen::add)).isEmpty();
    ends.getFirst().run();
    ends.getFirst().run();
    assertThat(watches.add(ALL, seen::add)).isPresent();
    assertThat(watches.add(ALL, seen::add)).isEmpty();
  }
}
