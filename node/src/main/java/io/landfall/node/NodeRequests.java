package io.landfall.node;

import io.landfall.admin.MonitorFilter;
import io.landfall.admin.MonitorWatch;
import io.landfall.admin.QueryResult;
import io.landfall.admin.RequestFilter;
import io.landfall.admin.RequestsBackend;
import io.landfall.admin.Unavailable;
import io.landfall.admin.model.RequestReport;
import io.landfall.core.ServiceName;
import io.landfall.decision.Route;
import io.landfall.decision.View;
import io.landfall.edge.access.RequestWatches;
import io.landfall.edge.access.WatchFilter;
import io.landfall.edge.server.EdgeServer;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The requests that the edge answers, for those who watch them. */
final class NodeRequests implements RequestsBackend {
  private final Supplier<Optional<EdgeServer>> edge;
  private final Supplier<View> published;
  private final RequestQuestions questions;

  /**
   * Of one node.
   *
   * @param edge the running edge; empty before it runs and after
   * @param published the snapshot that is in use
   * @param questions asks the other nodes
   */
  NodeRequests(
      Supplier<Optional<EdgeServer>> edge, Supplier<View> published, RequestQuestions questions) {
    this.questions = questions;
    this.edge = edge;
    this.published = published;
  }

  @Override
  public Optional<String> unknown(String service) {
    SortedSet<String> names = new TreeSet<>();
    for (Route route : published.get().routes()) {
      names.add(route.service().name().value());
    }
    return names.contains(service)
        ? Optional.empty()
        : Optional.of(
            "there is no service '" + service + "' here; there are " + String.join(", ", names));
  }

  @Override
  public Optional<MonitorWatch> watch(RequestFilter filter) {
    Optional<RequestWatches> watches = edge.get().map(EdgeServer::watches);
    if (watches.isEmpty()) {
      throw new Unavailable("this node answers no requests: it has no edge, or that is not up");
    }
    AtomicReference<Optional<Runnable>> end = new AtomicReference<>(Optional.empty());
    MonitorWatch watch =
        new MonitorWatch(MonitorFilter.ALL, () -> end.get().ifPresent(Runnable::run));
    end.set(watches.get().add(ofEdge(filter), watch::offerLine));
    return end.get().map(ignored -> watch);
  }

  @Override
  public QueryResult<RequestReport> explain(String id) {
    return questions.explain(id);
  }

  private static WatchFilter ofEdge(RequestFilter filter) {
    return new WatchFilter(
        filter.service().map(ServiceName::new),
        filter.leastStatus(),
        filter.mostStatus(),
        filter.host(),
        filter.leastMicros(),
        filter.id());
  }
}
