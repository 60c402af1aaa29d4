package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * The longest step of the control thread's table is below 10 ms, whatever one event does to 60,000
 * paths. What is bounded in the code is work, which {@link BacklogTest} counts; here is what that
 * comes to.
 *
 * <p>CPU time of the thread, which other processes do not lengthen, and the best of several rounds,
 * since in the others the code may be cold or the heap full.
 */
class LongestStepTest {
  private static final long BOUND_NANOS = 10_000_000;
  private static final int ROUNDS = 6;
  private static final int HOSTS = 15;
  private static final int PATHS_PER_HOST = 4_000;
  private static final int ROUTES_PER_UPDATE = 1_000;

  /** Its first number is the nanoseconds that the thread which reads it was on a CPU (Linux). */
  private static final Path SCHEDSTAT = Path.of("/proc/thread-self/schedstat");

  private final FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
  private final FedPeer relay = world.connect(world.add(1, Relation.RELAY, true));
  private final FedPeer reader = world.connect(world.add(2, Relation.CLIENT, true));
  private long beganNanos;
  private long longestNanos;

  private void fill() {
    for (int host = 0; host < HOSTS; host++) {
      for (int first = 1; first <= PATHS_PER_HOST; first += ROUTES_PER_UPDATE) {
        List<Nlri<HostAddress>> routes = new ArrayList<>();
        for (int id = first; id < first + ROUTES_PER_UPDATE; id++) {
          routes.add(new Nlri<>(FedWorld.service(host), id));
        }
        relay.announce(FedWorld.attributes(relay.info.identity(), 0, OptionalInt.empty()), routes);
      }
    }
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + HOSTS * PATHS_PER_HOST);
    assertThat(reader.told).hasSize(1 + HOSTS * PATHS_PER_HOST);
    world.effects.clear();
  }

  private static long cpuNanos() {
    try {
      return Files.exists(SCHEDSTAT)
          ? Long.parseLong(Files.readString(SCHEDSTAT).split(" ", 2)[0])
          : System.nanoTime();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long longestOf(Runnable event) {
    longestNanos = 0;
    world.beforeStep = () -> beganNanos = cpuNanos();
    world.afterStep = () -> longestNanos = Math.max(longestNanos, cpuNanos() - beganNanos);
    event.run();
    world.settle();
    world.beforeStep = () -> {};
    world.afterStep = () -> {};
    world.effects.clear();
    return longestNanos;
  }

  /** An event, and what undoes it. */
  private void isBelowTheBound(Runnable event, Runnable undo) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && best >= BOUND_NANOS; round++) {
      best = Math.min(best, longestOf(event));
      undo.run();
      world.settle();
    }
    assertThat(best).as("longest step, ns of CPU").isLessThan(BOUND_NANOS);
  }

  private void reach(Reachability reachability) {
    world.step(new OverlayEvent.NextHop(relay.info.identity(), reachability));
  }

  @Test
  void aSessionIsLost() {
    fill();
    isBelowTheBound(
        relay::lose,
        () -> {
          world.connect(relay);
          fill();
        });
  }

  @Test
  void aNextHopGoesAndComes() {
    fill();
    isBelowTheBound(() -> reach(Reachability.DOWN), () -> reach(Reachability.UNKNOWN));
    isBelowTheBound(() -> reach(Reachability.UNKNOWN), () -> reach(Reachability.DOWN));
  }

  @Test
  void aMonitorStarts() {
    fill();
    OverlayListener watcher = BacklogTest.watcher(new ArrayList<>());
    isBelowTheBound(
        () -> {
          long began = cpuNanos();
          world.overlay.queries().watch(watcher);
          longestNanos = cpuNanos() - began;
        },
        world.overlay.queries()::unwatch);
  }

  @Test
  void aPeerAsksToBeToldEverythingAgain() {
    fill();
    isBelowTheBound(reader::askRefresh, () -> {});
  }
}
