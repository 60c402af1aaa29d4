package io.landfall.node;

import io.landfall.admin.CacheBackend;
import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.admin.Unavailable;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.PurgeReport;
import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.FleetSettings;
import io.landfall.cache.fleet.PurgeEffect;
import io.landfall.cache.fleet.PurgeFleetView;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.FailureText;
import io.landfall.core.ServiceName;
import io.landfall.decision.View;
import io.landfall.edge.CacheViews;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.StoredView;
import io.landfall.edge.h1.ClientUrl;
import io.landfall.edge.purges.PurgeLogFile;
import io.landfall.edge.server.EdgeServer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** What operators ask of the cache of this node. Any thread may call, and waits. */
final class NodeCache implements CacheBackend {
  /** How long a purge may take until all event loops have applied it. */
  private static final long PURGE_MILLIS = 5_000;

  /** What is shown of a response that answers requests. */
  static final String FRESH = "fresh";

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private static final String NOT_KEPT =
      "; it is not in the log on disk: a node that was away does not get it from this one once this"
          + " one has restarted";

  private final NodeConfig config;
  private final Supplier<Optional<EdgeServer>> edge;
  private final PurgePlan plan;
  private final Function<ServiceName, Optional<String>> cold;
  private final FleetPurges fleet;

  /**
   * Made for one node.
   *
   * @param edge the running edge; empty before it runs and after
   * @param fleet brings purges to all nodes
   * @param published the snapshot that is in use
   * @param cold why the cache of a service is cold; empty when it is not
   */
  NodeCache(
      ConfigInForce config,
      Supplier<Optional<EdgeServer>> edge,
      FleetPurges fleet,
      Supplier<View> published,
      Function<ServiceName, Optional<String>> cold) {
    this.cold = cold;
    this.config = config.get();
    this.edge = edge;
    this.fleet = fleet;
    this.plan = plan(config, published);
  }

  private static PurgePlan plan(ConfigInForce config, Supplier<View> published) {
    return new PurgePlan(config::services, published);
  }

  /** The purges of the fleet, at rest. */
  static FleetPurges purges(
      ConfigInForce inForce,
      ControlLoop control,
      Supplier<Optional<EdgeServer>> edge,
      Supplier<View> published) {
    NodeConfig config = inForce.get();
    return new FleetPurges(
        new FleetSettings(
            config.name(),
            control.wallMillis(),
            config.cache().catchUpMillis() * NANOS_PER_MILLI,
            !config.overlay().reach().candidates().isEmpty()),
        control,
        PurgeLogFile.read(
            purgeLog(config),
            config.name().value(),
            CacheFromConfig.besideDisks(config),
            WallClock.INSTANCE,
            new SecureRandom()::nextLong),
        edge,
        plan(inForce, published)::of,
        EdgeFromConfig.trustedProxies(config.cache().purgeFrom()));
  }

  /** The folder in which purges are kept over restarts. */
  static Path purgeLog(NodeConfig config) {
    Path state = config.operation().admin().stateFile();
    return config
        .cache()
        .purgeLog()
        .orElseGet(() -> state.resolveSibling("purges-" + config.name().value()));
  }

  private EdgeServer running() {
    return edge.get().orElseThrow(() -> new Unavailable("the edge does not run at this node"));
  }

  @Override
  public CacheReport report() {
    // Also while the edge does not run yet, or any more.
    CacheViews views = edge.get().map(EdgeServer::cache).orElse(CacheViews.NONE);
    return new CacheReport(
        config.name().value(),
        views.memoryBytes(),
        views.usedBytes(),
        views.fills(),
        views.services().stream().map(this::row).toList(),
        Optional.of(PurgeRows.report(view(), fleet.notKept())),
        views.disks().stream().map(CacheRows::disk).toList());
  }

  private PurgeFleetView view() {
    try {
      return fleet.view().get(PURGE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException late) {
      throw new Unavailable("the control thread did not answer; try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops");
    }
  }

  private CacheReport.Service row(CacheViews.Service service) {
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
        service.fetches().begun(),
        cold.apply(service.name()));
  }

  /** What is held for a plain GET of a URL; empty if its service is not cached here. */
  Optional<ExplainView.Cached> explain(String url) {
    if (edge.get().isEmpty()
        || !(stored(url) instanceof QueryResult.Found<CacheUrlReport>(CacheUrlReport report))) {
      return Optional.empty();
    }
    Optional<CacheUrlReport.Stored> best =
        report.stored().stream()
            .filter(each -> !each.state().equals("purged"))
            .filter(each -> url.startsWith(each.url().substring(0, each.url().indexOf(':') + 1)))
            .max(Comparator.comparing(each -> each.state().equals(FRESH)));
    return Optional.of(
        new ExplainView.Cached(
            best.map(each -> each.state().equals(FRESH) ? FRESH : "stale").orElse("nothing"),
            best.map(each -> OptionalLong.of(each.ttlSeconds())).orElse(OptionalLong.empty()),
            report.cold()));
  }

  @Override
  public QueryResult<CacheUrlReport> stored(String url) {
    EdgeServer server = running();
    return switch (ClientUrl.read(url)) {
      case ClientUrl.Refused(int status, String why) ->
          new QueryResult.Wrong<>("'" + url + "' is no http or https URL that is routed: " + why);
      case ClientUrl.Taken taken ->
          switch (plan.keyed(taken)) {
            case QueryResult.Wrong<PurgePlan.Keyed>(String sentence) ->
                new QueryResult.Wrong<>(sentence);
            case QueryResult.Missing<PurgePlan.Keyed>(String sentence) ->
                new QueryResult.Missing<>(sentence);
            case QueryResult.Found<PurgePlan.Keyed>(PurgePlan.Keyed keyed) ->
                new QueryResult.Found<>(report(server, url, taken, keyed));
          };
    };
  }

  private CacheUrlReport report(
      EdgeServer server, String url, ClientUrl.Taken taken, PurgePlan.Keyed keyed) {
    List<StoredView.Of> urls = new ArrayList<>();
    for (String scheme : List.of("http", "https")) {
      for (String authority : PurgePlan.authorities(taken.authority())) {
        urls.add(new StoredView.Of(scheme, authority, keyed.target()));
      }
    }
    ServiceName service = keyed.service().name();
    return new CacheUrlReport(
        config.name().value(),
        url,
        service.value(),
        cold.apply(service),
        await(server.stored(service, urls)).stream().map(CacheRows::stored).toList());
  }

  private static List<StoredView> await(CompletableFuture<List<StoredView>> views) {
    try {
      return views.get(PURGE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new Unavailable("the event loop did not answer within " + PURGE_MILLIS + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a look into the cache failed", e);
    }
  }

  @Override
  public QueryResult<PurgeReport> purge(PurgeScope scope, boolean soft, long waitMillis) {
    running();
    if (!FleetPurge.fits(scope.what())) {
      return new QueryResult.Wrong<>(
          "what is purged must have at most " + FleetPurge.MAX_BYTES + " bytes");
    }
    return switch (plan.of(scope)) {
      case QueryResult.Wrong<PurgePlan.Purges>(String sentence) ->
          new QueryResult.Wrong<>(sentence);
      case QueryResult.Missing<PurgePlan.Purges>(String sentence) ->
          new QueryResult.Missing<>(sentence);
      case QueryResult.Found<PurgePlan.Purges>(PurgePlan.Purges purges) -> {
        GivenPurge given = given(fleet.give(scope, soft, waitMillis * NANOS_PER_MILLI), waitMillis);
        yield new QueryResult.Found<>(report(scope, soft, purges.services(), given));
      }
    };
  }

  private static GivenPurge given(CompletableFuture<GivenPurge> answer, long waitMillis) {
    try {
      return answer.get(waitMillis + PURGE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new Unavailable(
          "not every event loop has applied the purge within "
              + PURGE_MILLIS
              + " ms; it will, and may be asked for again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops; the purge is not known to be applied");
    } catch (CancellationException stopped) {
      throw new Unavailable("the node stops; the purge is not known to be applied at all nodes");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PurgeNotDurable why) {
        throw new Unavailable(
            "purged in the memory of this node, and given to the other nodes; a restart of this"
                + " node could undo it here: "
                + FailureText.of(why));
      }
      throw new IllegalStateException("a purge failed", e);
    }
  }

  private PurgeReport report(
      PurgeScope scope, boolean soft, List<ServiceConfig> services, GivenPurge given) {
    String node = config.name().value();
    List<String> names = services.stream().map(each -> each.name().value()).toList();
    List<PurgeReport.Node> nodes = new ArrayList<>();
    nodes.add(new PurgeReport.Node(node, PurgeReport.APPLIED, OptionalDouble.of(0)));
    for (PurgeEffect.NodeAnswer each : given.nodes()) {
      nodes.add(
          new PurgeReport.Node(
              each.node().value(),
              each.outcome().name().toLowerCase(Locale.ROOT),
              each.outcome() == PurgeEffect.Outcome.APPLIED
                  ? OptionalDouble.of((double) each.lagNanos() / NANOS_PER_MILLI)
                  : OptionalDouble.empty()));
    }
    long applied = nodes.stream().filter(PurgeReport.Node::isApplied).count();
    String message =
        "%s: purged %s %s (%s; %s); applied at %d of %d nodes%s"
                .formatted(
                    node,
                    scope.kind(),
                    scope.what(),
                    soft ? "soft: stale from now on" : "hard: gone",
                    (names.size() == 1 ? "service " : "services ") + String.join(", ", names),
                    applied,
                    nodes.size(),
                    given.knowsAll()
                        ? ""
                        : "; this node has just started, and may not know all nodes")
            + (given.isKept() ? "" : NOT_KEPT);
    return new PurgeReport(
        node, scope.kind(), scope.what(), soft, names, nodes, given.isAtAll(), message);
  }
}
