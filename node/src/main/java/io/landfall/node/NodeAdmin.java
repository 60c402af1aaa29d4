package io.landfall.node;

import io.landfall.admin.AdminBackend;
import io.landfall.admin.CacheBackend;
import io.landfall.admin.CommandResult;
import io.landfall.admin.ConfigureBackend;
import io.landfall.admin.DecisionFilter;
import io.landfall.admin.ExplainTarget;
import io.landfall.admin.QueryResult;
import io.landfall.admin.RequestsBackend;
import io.landfall.admin.RoutingBackend;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.admin.model.TlsStatus;
import io.landfall.admin.model.TunnelStatus;
import io.landfall.core.ServiceName;
import io.landfall.decision.Decider;
import io.landfall.decision.Explanation;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts;
import io.landfall.decision.View;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.RulesView;
import io.landfall.edge.h1.ClientUrl;
import io.landfall.edge.server.EdgeServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the admin API asks of this node: reads are answered from the control thread's state,
 * commands become its events. Called on virtual threads, which wait; the control thread never does.
 */
final class NodeAdmin implements AdminBackend {
  /** What stands in front of the name of a TCP service that is to be explained. */
  private static final String HTTPS = "https:";

  private static final String TCP = "tcp://";

  private final ControlQuestions questions;
  private final NodeViews views;
  private final RoutingBackend routing;
  private final NodeCommands commands;
  private final Reads reads;
  private final NodeCache cache;

  /** Made for one node. */
  NodeAdmin(
      ControlQuestions questions,
      NodeViews views,
      RoutingBackend routing,
      NodeCommands commands,
      Reads reads,
      NodeCache cache) {
    this.questions = questions;
    this.views = views;
    this.routing = routing;
    this.commands = commands;
    this.reads = reads;
    this.cache = cache;
  }

  /**
   * What is read or done without the control thread.
   *
   * @param edge the running edge; empty before it runs and after
   * @param published the snapshot that is in use
   * @param tableDump the table as MRT records
   * @param reload reads again what can change while the node runs, for whoever asks
   * @param configurations the config in force
   * @param requests what other nodes saw of requests
   */
  record Reads(
      Supplier<Optional<EdgeServer>> edge,
      Supplier<View> published,
      Supplier<CompletableFuture<List<byte[]>>> tableDump,
      Function<String, CommandResult> reload,
      ConfigureBackend configurations,
      RequestQuestions requests) {
    /** What is read of a node. */
    static Reads of(Node node) {
      return new Reads(
          () -> Optional.ofNullable(node.edge()),
          node.snapshots::view,
          node.watching::tableDump,
          node::reload,
          node.configurations,
          node.acme.nodes().requests());
    }
  }

  @Override
  public Self self() {
    View view = reads.published().get();
    return new Self(view.ownName().value(), view.ownIdentity().toString());
  }

  @Override
  public RoutingBackend routing() {
    return routing;
  }

  @Override
  public RequestsBackend requests() {
    return new NodeRequests(reads.edge(), reads.published(), reads.requests());
  }

  @Override
  public CacheBackend cache() {
    return cache;
  }

  @Override
  public List<PeerRow> peers() {
    return questions.ask(views.peers()::all);
  }

  @Override
  public byte[] mrtDump() {
    return OverlayWatching.mrtDump(reads.tableDump().get(), OverlayWatching.DUMP_MILLIS);
  }

  @Override
  public List<ServiceStatus> services() {
    return questions.ask(views.services()::all);
  }

  @Override
  public IngressStatus ingress() {
    return questions.ask(views.ingress()::get);
  }

  @Override
  public List<BfdRow> bfd() {
    return questions.ask(views.bfd()::get);
  }

  @Override
  public List<RefusedRow> refused() {
    return questions.ask(views.refused()::all);
  }

  @Override
  public QueryResult<List<DecisionView>> decisions(DecisionFilter filter) {
    return new NodeDecisions(reads.edge(), requests()).find(filter);
  }

  @Override
  public ExplainTarget target(String url) {
    if (url.regionMatches(true, 0, TCP, 0, TCP.length())) {
      return new ExplainTarget.Routed(View.hostOfTcp(url.substring(TCP.length())), "/", url);
    }
    return switch (ClientUrl.read(url)) {
      case ClientUrl.Taken(String authority, String host, String target) ->
          // A query routes nothing, and may be secret.
          new ExplainTarget.Routed(
              host,
              target.indexOf('?') < 0 ? target : target.substring(0, target.indexOf('?')),
              url);
      case ClientUrl.Refused(int status, String why) ->
          new ExplainTarget.Refused(why + " (" + status + ")");
    };
  }

  @Override
  public ExplainView explain(ExplainTarget.Routed target, boolean withCache) {
    String host = target.host();
    String path = target.path();
    Optional<ExplainView.Cached> cached =
        withCache ? cache.explain(target.url()) : Optional.empty();
    View view = reads.published().get();
    RequestFacts facts =
        new RequestFacts(
            host,
            path,
            RequestFacts.Arrival.CLIENT,
            false,
            cached.map(NodeAdmin::fact).orElse(RequestFacts.Cached.NONE),
            RequestFacts.LocalCapacity.AVAILABLE);
    Explanation explanation = Decider.explain(facts, view);
    Map<String, List<String>> learned = new HashMap<>();
    for (PeerRow peer : peers()) {
      peer.who()
          .name()
          .ifPresent(name -> peer.learnedFrom().ifPresent(from -> learned.put(name, from)));
    }
    List<ExplainView.Step> steps = new ArrayList<>();
    explanation.service().flatMap(commands::here).ifPresent(steps::add);
    for (Explanation.Considered considered : explanation.candidates()) {
      String node = considered.node().value();
      List<String> from = learned.getOrDefault(node, List.of());
      String source = from.isEmpty() ? "" : " (learned from " + String.join(", ", from) + ")";
      steps.add(new ExplainView.Step(node, considered.usable(), considered.why() + source));
    }
    Reason reason = explanation.reason();
    return new ExplainView(
        host,
        path,
        explanation.service().map(ServiceName::value),
        new ExplainView.Outcome(
            reason.outcome().name().toLowerCase(Locale.ROOT), reason.name(), why(host, reason)),
        explanation.service().map(service -> rules(service, target)).orElse(List.of()),
        cached,
        steps);
  }

  private static String why(String host, Reason reason) {
    return reason == Reason.UNKNOWN_HOST && View.isHostOfTcp(host)
        ? "there is no TCP service of this name here"
        : reason.text();
  }

  private List<String> rules(ServiceName service, ExplainTarget.Routed target) {
    Optional<RulesView.Client> client =
        target.client().map(by -> new RulesView.Client(by.address(), by.fields()));
    boolean https = target.url().regionMatches(true, 0, HTTPS, 0, HTTPS.length());
    return reads
        .edge()
        .get()
        .flatMap(edge -> edge.rules(service, https, target.host(), target.path(), client))
        .map(RuleSentences::of)
        .orElse(List.of());
  }

  private static RequestFacts.Cached fact(ExplainView.Cached cached) {
    return cached.holds().equals(NodeCache.FRESH)
        ? RequestFacts.Cached.FRESH
        : RequestFacts.Cached.MISS;
  }

  @Override
  public CommandResult announce(ServiceName service, OptionalLong ttlMillis) {
    return commands.announce(service, ttlMillis);
  }

  @Override
  public CommandResult withdraw(ServiceName service) {
    return commands.withdraw(service);
  }

  @Override
  public CommandResult drainService(ServiceName service) {
    return commands.drainService(service);
  }

  @Override
  public CommandResult undrainService(ServiceName service) {
    return commands.undrainService(service);
  }

  @Override
  public CommandResult drainBackend(ServiceName service, String url, boolean begins) {
    return commands.drainBackend(service, url, begins);
  }

  @Override
  public CommandResult maintenance(ServiceName service, boolean begins, long retryAfterSeconds) {
    return commands.maintenance(service, begins, retryAfterSeconds);
  }

  @Override
  public CommandResult drainNode() {
    return commands.drainNode();
  }

  @Override
  public CommandResult undrainNode() {
    return commands.undrainNode();
  }

  @Override
  public CommandResult reload(String actor) {
    return reads.reload().apply(actor);
  }

  @Override
  public ConfigureBackend configure() {
    return reads.configurations();
  }

  @Override
  public TunnelStatus tunnels() {
    Optional<EdgeServer> edge = reads.edge().get();
    if (edge.isEmpty()) {
      return new TunnelStatus(0, 0, 0, 0, 0, 0, 0);
    }
    EdgeStats.Tunnels tunnels = edge.get().stats().tunnels();
    return new TunnelStatus(
        Math.max(0, tunnels.open()),
        edge.get().mostTunnels(),
        tunnels.opened(),
        tunnels.refused(),
        tunnels.turnedAway(),
        tunnels.idle(),
        tunnels.broken());
  }

  @Override
  public RevocationStatus revocations() {
    return questions.ask(views.revocations()::get);
  }

  @Override
  public TlsStatus tls() {
    return views.tls().get();
  }
}
