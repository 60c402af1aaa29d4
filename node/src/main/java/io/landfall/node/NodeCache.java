package io.landfall.node;

import io.landfall.admin.CacheBackend;
import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.admin.Unavailable;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.PurgeReport;
import io.landfall.cache.Purge;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.decision.View;
import io.landfall.edge.CacheViews;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.server.EdgeServer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What operators ask of the cache of this node. Any thread may call, and waits. */
final class NodeCache implements CacheBackend {
  /** How long a purge may take until all event loops have applied it. */
  private static final long PURGE_MILLIS = 5_000;

  private final NodeConfig config;
  private final Supplier<Optional<EdgeServer>> edge;
  private final PurgePlan plan;

  /**
   * Made for one node.
   *
   * @param edge the running edge; empty before it runs and after
   * @param published the snapshot that is in use
   */
  NodeCache(NodeConfig config, Supplier<Optional<EdgeServer>> edge, Supplier<View> published) {
    this.config = config;
    this.edge = edge;
    this.plan =
        new PurgePlan(
            config.services().stream().filter(each -> each.cache().isPresent()).toList(),
            published);
  }

  private EdgeServer running() {
    return edge.get().orElseThrow(() -> new Unavailable("the edge does not run at this node"));
  }

  @Override
  public CacheReport report() {
    CacheViews views = running().cache();
    return new CacheReport(
        config.name().value(),
        views.memoryBytes(),
        views.usedBytes(),
        views.fills(),
        views.services().stream().map(NodeCache::row).toList());
  }

  private static CacheReport.Service row(CacheViews.Service service) {
    CacheViews.Requests requests = service.requests();
    long asked = requests.hits() + requests.misses();
    return new CacheReport.Service(
        service.name().value(),
        service.stored().keys(),
        service.stored().bytes(),
        service.stored().budgetBytes(),
        new CacheReport.Requests(
            requests.hits(),
            requests.misses(),
            requests.bypasses(),
            asked == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) requests.hits() / asked)),
        service.fetches().begun());
  }

  @Override
  public QueryResult<PurgeReport> purge(PurgeScope scope, boolean soft) {
    EdgeServer server = running();
    return switch (plan.of(scope)) {
      case QueryResult.Wrong<PurgePlan.Purges>(String sentence) ->
          new QueryResult.Wrong<>(sentence);
      case QueryResult.Missing<PurgePlan.Purges>(String sentence) ->
          new QueryResult.Missing<>(sentence);
      case QueryResult.Found<PurgePlan.Purges>(PurgePlan.Purges purges) -> {
        apply(server, purges.purges(), soft);
        yield new QueryResult.Found<>(report(scope, soft, purges.services()));
      }
    };
  }

  private static void apply(EdgeServer server, List<Purge> purges, boolean soft) {
    CompletableFuture<?>[] applied =
        purges.stream().map(each -> server.purge(each, soft)).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(applied).get(PURGE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new Unavailable(
          "not every event loop has applied the purge within "
              + PURGE_MILLIS
              + " ms; it will, and may be asked for again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops; the purge is not known to be applied");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PurgeNotDurable why) {
        throw new Unavailable(String.valueOf(why.getMessage()));
      }
      throw new IllegalStateException("a purge failed", e);
    }
  }

  private PurgeReport report(PurgeScope scope, boolean soft, List<ServiceConfig> services) {
    String node = config.name().value();
    List<String> names = services.stream().map(each -> each.name().value()).toList();
    String message =
        "%s: purged %s %s (%s; %s)"
            .formatted(
                node,
                scope.kind(),
                scope.what(),
                soft ? "soft: stale from now on" : "hard: gone",
                (names.size() == 1 ? "service " : "services ") + String.join(", ", names));
    return new PurgeReport(node, scope.kind(), scope.what(), soft, names, message);
  }
}
