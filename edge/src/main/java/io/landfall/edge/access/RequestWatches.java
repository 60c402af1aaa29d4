package io.landfall.edge.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who watches requests as they end: a line of JSON for each that they want, as the access log has
 * it. While nobody watches, a request costs one look.
 */
public final class RequestWatches {
  /** How many may watch at once: each is a look at each request. */
  public static final int MAX_WATCHERS = 4;

  private volatile List<Watch> watches = List.of();

  /** Nobody watches. */
  public RequestWatches() {}

  /** One watcher: equal to itself only, since two may want the same. */
  private static final class Watch {
    private final WatchFilter filter;
    private final Consumer<String> to;

    Watch(WatchFilter filter, Consumer<String> to) {
      this.filter = filter;
      this.to = to;
    }
  }

  /** Whether anybody watches; any thread may ask. */
  public boolean isWatched() {
    return !watches.isEmpty();
  }

  /**
   * Begins a watch.
   *
   * @param filter which requests
   * @param to gets each as a line with its end, on an event loop, which it must not hold up
   * @return what ends the watch; empty when there are as many as there may be
   */
  public synchronized Optional<Runnable> add(WatchFilter filter, Consumer<String> to) {
    if (watches.size() >= MAX_WATCHERS) {
      return Optional.empty();
    }
    Watch watch = new Watch(filter, to);
    List<Watch> with = new ArrayList<>(watches);
    with.add(watch);
    watches = List.copyOf(with);
    return Optional.of(() -> remove(watch));
  }

  private synchronized void remove(Watch watch) {
    watches = watches.stream().filter(each -> !each.equals(watch)).toList();
  }

  /**
   * A request is over.
   *
   * @param line writes it, once for all who want it
   */
  public void over(WatchFilter.Seen seen, Supplier<String> line) {
    @Nullable String written = null;
    for (Watch watch : watches) {
      if (watch.filter.takes(seen)) {
        written = written == null ? line.get() : written;
        watch.to.accept(written);
      }
    }
  }
}
