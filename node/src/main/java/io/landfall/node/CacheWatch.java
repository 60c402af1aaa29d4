package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.core.Timers;
import io.landfall.edge.CacheViews;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.CacheFill;
import io.landfall.signal.SignalEvent;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells plane two what is counted of the caches of services that run here: of those that are cold,
 * until they are warm, and of one that was emptied. Reads counters that requests keep anyhow, and
 * costs them nothing. On the control thread.
 */
final class CacheWatch {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Timers timers;
  private final ControlDriver overlay;
  private final Supplier<@Nullable EdgeServer> edge;
  private final TreeSet<ServiceName> watched = new TreeSet<>();
  private final TreeMap<ServiceName, CacheFill> reported = new TreeMap<>();

  private CacheWatch(
      NodeConfig config,
      Timers timers,
      ControlDriver overlay,
      Supplier<@Nullable EdgeServer> edge) {
    this.timers = timers;
    this.overlay = overlay;
    this.edge = edge;
    for (ServiceConfig service : config.services()) {
      boolean everCold =
          service.cache().map(how -> how.sites().warmth().limitMillis() > 0).orElse(false);
      if (everCold && service.isLocal()) {
        watched.add(service.name());
      }
    }
  }

  /** Looks from now on, until the edge ends; not at all where no service is ever cold. */
  static void start(
      NodeConfig config,
      Timers timers,
      ControlDriver overlay,
      Supplier<@Nullable EdgeServer> edge) {
    CacheWatch watch = new CacheWatch(config, timers, overlay, edge);
    if (!watch.watched.isEmpty()) {
      watch.look();
    }
  }

  private void look() {
    EdgeServer running = edge.get();
    if (running == null) {
      return;
    }
    for (CacheViews.Service each : running.cache().services()) {
      if (watched.contains(each.name())) {
        report(each.name(), fill(each));
      }
    }
    timers.schedule(EVERY_NANOS, this::look);
  }

  private void report(ServiceName service, CacheFill now) {
    CacheFill before = reported.getOrDefault(service, CacheFill.EMPTY);
    boolean emptied = now.emptied() != before.emptied();
    boolean cold = overlay.plane().signals().signal(service) == Signal.COLD;
    if (emptied || (cold && !now.equals(before))) {
      reported.put(service, now);
      overlay.apply(new ControlEvent.OfSignals(new SignalEvent.CacheCounted(service, now)));
    }
  }

  private static CacheFill fill(CacheViews.Service cache) {
    return new CacheFill(
        cache.requests().hits(),
        cache.requests().misses(),
        cache.filled().objects(),
        cache.filled().bytes(),
        cache.filled().emptied());
  }
}
