package io.landfall.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hands every event to every watcher. Watchers join and leave on the control thread, and events
 * come from there; without a watcher an event is not even made (ask {@link #isWatched} first).
 */
public final class MonitorHub {
  /** How many may watch at once. */
  public static final int MAX_WATCHERS = 16;

  private final List<MonitorWatch> watches = new CopyOnWriteArrayList<>();

  /** A hub without watchers. */
  public MonitorHub() {}

  /** Whether anybody watches. */
  public boolean isWatched() {
    return !watches.isEmpty();
  }

  /** Adds a watcher; empty when there are as many as there may be. */
  public Optional<MonitorWatch> add(MonitorWatch watch) {
    if (watches.size() >= MAX_WATCHERS) {
      return Optional.empty();
    }
    watches.add(watch);
    return Optional.of(watch);
  }

  /** Takes a watcher out. */
  public void remove(MonitorWatch watch) {
    watches.remove(watch);
  }

  /** Tells everybody who wants to know. */
  public void emit(MonitorEvent event) {
    for (MonitorWatch watch : watches) {
      watch.offer(event);
    }
  }
}
