package io.landfall.edge.cache;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fetches under way, and those of them that requests may wait for. As many as requests in
 * progress at most, and looked up only. Any thread may call.
 */
final class Fills {
  private final Map<FillKey, Fill> byKey = new ConcurrentHashMap<>();
  private final Set<Fill> underWay = ConcurrentHashMap.newKeySet();

  /** How many of those under way have each primary key. */
  private final Map<StoredKey, Integer> fetching = new ConcurrentHashMap<>();

  /** One has begun, which others may wait for or not. */
  void begun(Fill fill) {
    // One that asks a second time begins once more.
    if (underWay.add(fill)) {
      fetching.merge(fill.key().key(), 1, Integer::sum);
    }
  }

  /** One is over. */
  void over(FillKey key, Fill fill) {
    remove(key, fill);
    if (underWay.remove(fill)) {
      fetching.computeIfPresent(key.key(), (k, count) -> count == 1 ? null : count - 1);
    }
  }

  /** What is being fetched under a primary key was made invalid: none joins it, none stores it. */
  void makeOutdated(StoredKey key) {
    if (!fetching.containsKey(key)) {
      return;
    }
    for (Fill each : underWay) {
      if (each.key().key().equals(key)) {
        each.makeOutdated();
      }
    }
  }

  /** Whether there is one that can be waited for. */
  boolean contains(FillKey key) {
    return byKey.containsKey(key);
  }

  /** The one under way, held once more for the caller, or a new one, held likewise. */
  Fill joinOrLead(FillKey key, Supplier<Fill> lead) {
    Fill[] found = new Fill[1];
    byKey.compute(
        key,
        (k, known) -> {
          Fill chosen = known != null && known.tryRetain() ? known : held(lead.get());
          found[0] = chosen;
          return chosen;
        });
    return found[0];
  }

  private static Fill held(Fill made) {
    made.retain();
    return made;
  }

  /** Begins one, behind what is under way on an event loop, unless there is one. */
  void leadLater(FillKey key, Supplier<Fill> lead, Executor loop) {
    Fill made = leadIfNone(key, lead);
    if (made != null) {
      try {
        loop.execute(made::begin);
      } catch (RejectedExecutionException e) {
        // This loop has ended: who asks on another one validates.
        made.giveUp();
      }
    }
  }

  /** A new one that is not held for the caller; null if there is one. */
  private @Nullable Fill leadIfNone(FillKey key, Supplier<Fill> lead) {
    Fill[] made = new Fill[1];
    byKey.computeIfAbsent(
        key,
        k -> {
          made[0] = lead.get();
          return made[0];
        });
    return made[0];
  }

  /** It is no longer to be waited for. */
  void remove(FillKey key, Fill fill) {
    byKey.remove(key, fill);
  }

  /** None joins those under way: what comes may be older than what is asked for now. */
  void closeToOthers() {
    underWay.forEach(Fill::closeToOthers);
  }

  /** The same of those of some caches. */
  void closeToOthers(List<ServiceCache> of) {
    for (Fill each : underWay) {
      if (of.contains(each.service)) {
        each.closeToOthers();
      }
    }
  }

  int size() {
    return underWay.size();
  }
}
