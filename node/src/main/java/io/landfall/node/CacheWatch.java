package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.CacheViews;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.CacheFill;
import io.landfall.signal.SignalEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
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

  /** What is counted of a day is written so often, in looks. */
  private static final long LOOKS_OF_A_FILE = 600;

  private final ConfigInForce config;
  private final ControlLoop control;
  private final ControlDriver overlay;
  private final Supplier<@Nullable EdgeServer> edge;
  private final TreeMap<ServiceName, CacheFill> reported = new TreeMap<>();
  private final TreeMap<ServiceName, CacheFill> seen = new TreeMap<>();
  private final UsualRatios usual;
  private long looks;

  private CacheWatch(
      ConfigInForce config,
      ControlLoop control,
      ControlDriver overlay,
      Supplier<@Nullable EdgeServer> edge,
      Executor background) {
    this.config = config;
    this.control = control;
    Path state = config.get().operation().admin().stateFile();
    this.usual =
        UsualRatios.read(state.resolveSibling("hits-" + config.get().name().value()), background);
    this.overlay = overlay;
    this.edge = edge;
  }

  /** The services that run here and may be cold, by the config in force. */
  private NavigableSet<ServiceName> watched() {
    NavigableSet<ServiceName> watched = new TreeSet<>();
    for (ServiceConfig service : config.services()) {
      if (service.isLocal()
          && service.cache().map(how -> how.sites().warmth().limitMillis() > 0).orElse(false)) {
        watched.add(service.name());
      }
    }
    return watched;
  }

  /** Looks from now on, until the edge ends. */
  static void start(
      ConfigInForce config,
      ControlLoop control,
      ControlDriver overlay,
      Supplier<@Nullable EdgeServer> edge,
      Executor background) {
    CacheWatch watch = new CacheWatch(config, control, overlay, edge, background);
    control.execute(watch::look);
  }

  private void look() {
    EdgeServer running = edge.get();
    if (running == null) {
      return;
    }
    NavigableSet<ServiceName> watched = watched();
    seen.keySet().retainAll(watched);
    for (CacheViews.Service each :
        watched.isEmpty() ? List.<CacheViews.Service>of() : running.cache().services()) {
      if (watched.contains(each.name())) {
        CacheFill now = fill(each, usual.percent(each.name()));
        report(each.name(), now);
        count(each.name(), now);
      }
    }
    looks++;
    if (looks % LOOKS_OF_A_FILE == 0 && !watched.isEmpty()) {
      usual.write();
    }
    control.schedule(EVERY_NANOS, this::look);
  }

  /** What a warm cache has is what it usually has. */
  private void count(ServiceName service, CacheFill now) {
    CacheFill before = seen.getOrDefault(service, CacheFill.EMPTY);
    seen.put(service, now);
    long hits = now.hits() - before.hits();
    long misses = now.misses() - before.misses();
    boolean cold = overlay.plane().signals().signal(service) == Signal.COLD;
    if (!cold && hits + misses > 0) {
      long day = TimeUnit.MILLISECONDS.toDays(control.wallMillis());
      usual.add(service, day, hits, misses);
    }
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

  private static CacheFill fill(CacheViews.Service cache, OptionalInt usualPercent) {
    return new CacheFill(
        cache.requests().hits(),
        cache.requests().misses(),
        cache.filled().objects(),
        cache.filled().bytes(),
        cache.filled().emptied(),
        usualPercent);
  }
}
