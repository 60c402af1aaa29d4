package io.landfall.node;

import io.landfall.admin.AdminBackend;
import io.landfall.admin.BfdRow;
import io.landfall.admin.CommandResult;
import io.landfall.admin.DecisionView;
import io.landfall.admin.ExplainView;
import io.landfall.admin.Fields;
import io.landfall.admin.IngressView;
import io.landfall.admin.NotNow;
import io.landfall.admin.PeerView;
import io.landfall.admin.RefusedView;
import io.landfall.admin.RouteView;
import io.landfall.admin.RoutingBackend;
import io.landfall.admin.ServiceStatus;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Decider;
import io.landfall.decision.Explanation;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts;
import io.landfall.decision.View;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the admin API asks of this node: reads are answered from the control thread's state,
 * commands become its events. Called on virtual threads, which wait; the control thread never does.
 */
final class NodeAdmin implements AdminBackend {
  /** How long a question to the control thread may take. */
  static final long ANSWER_MILLIS = 5_000;

  private static final int MAX_DECISIONS = 200;
  private static final double MICROS_PER_MILLI = 1_000.0;

  private final Node node;
  private final NodeViews views;
  private final NodeRouting routing;

  NodeAdmin(Node node) {
    this.node = node;
    this.views = new NodeViews(node);
    this.routing = new NodeRouting(node, views, node.monitor);
  }

  /** The numbers for one scrape. */
  MetricsSource metrics() {
    return NodeMetrics.of(node, views);
  }

  @Override
  public RoutingBackend routing() {
    return routing;
  }

  private <T> T ask(Callable<T> question) {
    try {
      return node.control.ask(question).get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the control thread did not answer in time", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the control thread", e);
    }
  }

  @Override
  public List<RouteView> routes() {
    List<RouteView> routes = new ArrayList<>();
    TableSlices.read(this::ask, from -> views.someRoutes(from, routes));
    return routes;
  }

  @Override
  public List<PeerView> peers() {
    return ask(views::peers);
  }

  @Override
  public byte[] mrtDump() throws NotNow {
    return OverlayWatching.mrtDump(node.watching.tableDump(), OverlayWatching.DUMP_MILLIS);
  }

  @Override
  public List<ServiceStatus> services() {
    return ask(views::services);
  }

  @Override
  public IngressView ingress() {
    return ask(node.ingress::view);
  }

  @Override
  public List<BfdRow> bfd() {
    return ask(
        () -> {
          List<BfdRow> rows = new ArrayList<>(node.bfd.rows());
          rows.addAll(node.ingress.bfdRows());
          return rows;
        });
  }

  @Override
  public List<RefusedView> refused() {
    return ask(views::refused);
  }

  @Override
  public List<DecisionView> decisions() {
    EdgeServer edge = node.edge();
    if (edge == null) {
      return List.of();
    }
    List<DecisionView> result = new ArrayList<>();
    for (DecisionRecord record : edge.decisions(MAX_DECISIONS)) {
      result.add(
          new DecisionView(
              Instant.ofEpochMilli(record.wallMillis()),
              record.host(),
              record.path(),
              record.method(),
              record.reason().outcome().name().toLowerCase(Locale.ROOT),
              record.reason().name(),
              record.target(),
              record.status(),
              record.durationMicros() / MICROS_PER_MILLI));
    }
    return result;
  }

  @Override
  public ExplainView explain(String host, String path) {
    View view = node.snapshots.current().view();
    RequestFacts facts =
        new RequestFacts(
            host,
            path,
            RequestFacts.Arrival.CLIENT,
            false,
            RequestFacts.Cached.NONE,
            RequestFacts.LocalCapacity.AVAILABLE);
    Explanation explanation = Decider.explain(facts, view);
    List<ExplainView.Step> steps = new ArrayList<>();
    for (Explanation.Considered considered : explanation.candidates()) {
      steps.add(
          new ExplainView.Step(considered.node().value(), considered.usable(), considered.why()));
    }
    Reason reason = explanation.reason();
    return new ExplainView(
        host,
        path,
        explanation.service().map(ServiceName::value),
        new ExplainView.Outcome(
            reason.outcome().name().toLowerCase(Locale.ROOT), reason.name(), reason.text()),
        steps);
  }

  @Override
  public CommandResult announce(ServiceName service, OptionalLong ttlMillis) {
    Optional<SignalEvent.LeaseRequest> lease =
        ttlMillis.isPresent()
            ? Optional.of(
                new SignalEvent.LeaseRequest(
                    TimeUnit.MILLISECONDS.toNanos(ttlMillis.getAsLong()), Optional.empty()))
            : Optional.empty();
    return ask(
        () ->
            answer(
                node.overlay.ask(new SignalEvent.Announce(service, lease)),
                () -> service + " announced; it says " + signalOf(service) + " here"));
  }

  @Override
  public CommandResult withdraw(ServiceName service) {
    return ask(
        () ->
            answer(
                node.overlay.ask(new SignalEvent.Withdraw(service)),
                () -> service + " withdrawn here until it is announced again"));
  }

  @Override
  public CommandResult drainService(ServiceName service) {
    return ask(
        () ->
            answer(
                node.overlay.ask(new SignalEvent.Drain(Optional.of(service))),
                () -> service + " drains here; it says " + signalOf(service)));
  }

  @Override
  public CommandResult undrainService(ServiceName service) {
    return ask(
        () ->
            answer(
                node.overlay.ask(new SignalEvent.Undrain(Optional.of(service))),
                () -> service + " drains no longer; it says " + signalOf(service) + " here"));
  }

  @Override
  public CommandResult drainNode() {
    return ask(
        () -> {
          node.monitor.drain(node.config.name().value(), true);
          node.ingress.drain();
          return answer(
              node.overlay.ask(new SignalEvent.Drain(Optional.empty())),
              () ->
                  "node "
                      + node.config.name()
                      + " drains: its services say DRAINING, its anycast prefixes carry"
                      + " GRACEFUL_SHUTDOWN and are then withdrawn");
        });
  }

  @Override
  public CommandResult undrainNode() {
    return ask(
        () -> {
          node.monitor.drain(node.config.name().value(), false);
          node.ingress.undrain();
          return answer(
              node.overlay.ask(new SignalEvent.Undrain(Optional.empty())),
              () -> "node " + node.config.name() + " drains no longer");
        });
  }

  @Override
  public CommandResult reload() {
    return node.revocations.reload();
  }

  @Override
  public Fields revocations() {
    return ask(node.revocations::view);
  }

  private Signal signalOf(ServiceName service) {
    return node.overlay.plane().signals().signal(service);
  }

  private static CommandResult answer(
      SignalAnswer answer, java.util.function.Supplier<String> sentence) {
    return switch (answer) {
      case SignalAnswer.Done done -> new CommandResult.Done(sentence.get());
      case SignalAnswer.Leased leased ->
          new CommandResult.Done(
              sentence.get()
                  + "; lease granted: renew every "
                  + leased.renewAfterMillis()
                  + " ms, stop relying on it after "
                  + leased.stopAfterMillis()
                  + " ms");
      case SignalAnswer.Refused refused ->
          switch (refused.why()) {
            case UNKNOWN_SERVICE -> new CommandResult.NotFound(refused.sentence());
            case NOT_HOSTED_HERE, STALE_LEASE, BAD_TTL ->
                new CommandResult.Conflict(refused.sentence());
          };
    };
  }
}
