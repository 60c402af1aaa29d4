package io.landfall.node;

import io.landfall.cache.Purge;
import io.landfall.edge.server.EdgeServer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is not served from the cache while purges may have been missed: nothing at all; and, once a
 * node that reaches no other serves, nothing that lies on disk from before its start. On the
 * control thread.
 */
final class CacheHold {
  private static final Logger log = LoggerFactory.getLogger("landfall.cache");

  private final Supplier<Optional<EdgeServer>> edge;
  private final boolean knowsBefore;

  /** Until it is first served from the cache, where that has to wait. */
  private boolean starting;

  private boolean releasesDisks;

  /**
   * None yet.
   *
   * @param edge the running edge; empty before it runs and after
   * @param knowsBefore whether it is known which purges were applied before the start
   */
  CacheHold(Supplier<Optional<EdgeServer>> edge, boolean knowsBefore) {
    this.edge = edge;
    this.knowsBefore = knowsBefore;
  }

  /** The edge runs, and no client was answered yet. */
  void start(boolean holds) {
    starting = holds;
    if (holds) {
      edge.get().ifPresent(server -> server.holdCache(true));
    }
  }

  /** It begins. */
  void on(String why) {
    log.atInfo().addKeyValue("why", why).log("nothing is served from the cache");
    edge.get().ifPresent(server -> server.holdCache(true));
  }

  /**
   * It is to end.
   *
   * @param reachesNone whether no other node is reached
   * @return what is to be applied before; empty for nothing
   */
  Optional<CompletableFuture<Void>> off(boolean reachesNone) {
    boolean first = starting;
    starting = false;
    releasesDisks = !reachesNone;
    log.atInfo().log("the cache is served from");
    Optional<EdgeServer> disks = edge.get().filter(server -> !server.cache().disks().isEmpty());
    if (!first || !reachesNone || disks.isEmpty()) {
      return Optional.empty();
    }
    if (knowsBefore) {
      log.atWarn().log("what is on disk is not used: no other node tells what was purged");
      disks.get().holdDisks(true);
      return Optional.empty();
    }
    log.atWarn().log("what is on disk is dropped: no other node tells what was purged");
    return Optional.of(disks.get().purge(new Purge.Everything(), false));
  }

  /** What was to be applied before is: it ends. */
  void ends() {
    edge.get()
        .ifPresent(
            server -> {
              if (releasesDisks) {
                server.holdDisks(false);
              }
              server.holdCache(false);
            });
  }
}
