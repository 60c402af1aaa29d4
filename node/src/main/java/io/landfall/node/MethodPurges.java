package io.landfall.node;

import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.cache.fleet.FleetPurge;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.TrustedProxies;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Purges by clients, with the method PURGE: who may, and a line in the log for each, as many as the
 * log's budget takes. Any thread.
 *
 * @param purgers the clients that may
 * @param plan which purges here a scope means
 * @param giver purges here and everywhere
 */
record MethodPurges(
    TrustedProxies purgers, Function<PurgeScope, QueryResult<PurgePlan.Purges>> plan, Giver giver) {
  private static final Logger log = LoggerFactory.getLogger("landfall.cache");

  /** How long a client waits for other nodes. */
  private static final long WAIT_NANOS = 2_000_000_000L;

  /** Characters of a URL in the log. */
  private static final int SHOWN = 256;

  /** Purges here and everywhere. */
  interface Giver {
    /** What became of a purge, once it is applied here. */
    CompletableFuture<GivenPurge> give(PurgeScope scope, boolean soft, long waitNanos);
  }

  /**
   * Purges a URL for a client, if that may.
   *
   * @param client where its connection comes from
   * @param soft whether responses become stale instead of gone
   */
  CompletableFuture<PurgeOutcome> purge(SocketAddress client, String url, boolean soft) {
    return outcome(client, url, soft)
        .whenComplete((outcome, failure) -> tell(client, url, soft, outcome));
  }

  private CompletableFuture<PurgeOutcome> outcome(SocketAddress client, String url, boolean soft) {
    if (purgers.networks().isEmpty()) {
      return CompletableFuture.completedFuture(PurgeOutcome.NOT_TAKEN);
    }
    if (!purgers.contains(client)) {
      return CompletableFuture.completedFuture(PurgeOutcome.REFUSED);
    }
    PurgeScope scope = new PurgeScope.Url(url);
    if (!FleetPurge.fits(url) || !(plan.apply(scope) instanceof QueryResult.Found<?>)) {
      return CompletableFuture.completedFuture(PurgeOutcome.WRONG);
    }
    return giver
        .give(scope, soft, WAIT_NANOS)
        .thenApply(given -> given.isAtAll() ? PurgeOutcome.APPLIED : PurgeOutcome.PARTLY);
  }

  private static void tell(
      SocketAddress client, String url, boolean soft, @Nullable PurgeOutcome ended) {
    PurgeOutcome outcome = ended == null ? PurgeOutcome.FAILED : ended;
    boolean taken =
        switch (outcome) {
          case APPLIED, PARTLY, FAILED -> true;
          case WRONG, REFUSED, NOT_TAKEN -> false;
        };
    // Two texts: the budget is by text, and who may not purge shall not use up that of who may.
    log.atInfo()
        .addKeyValue("client", client)
        .addKeyValue("url", url.length() <= SHOWN ? url : url.substring(0, SHOWN) + "...")
        .addKeyValue("soft", soft)
        .addKeyValue("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .log(taken ? "a client has purged a URL" : "a client's purge was refused");
  }
}
