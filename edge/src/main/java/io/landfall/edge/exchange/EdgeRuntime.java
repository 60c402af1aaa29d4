package io.landfall.edge.exchange;

import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.decision.Decider;
import io.landfall.decision.Decision;
import io.landfall.decision.RequestFacts;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.decision.RequestFacts.LocalCapacity;
import io.landfall.decision.Route;
import io.landfall.edge.AuthorizationView;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.RequestSpans;
import io.landfall.edge.RulesView;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.access.RequestRecords;
import io.landfall.edge.access.RequestWatches;
import io.landfall.edge.http.ProxyStatus;
import io.landfall.edge.http.RequestFields;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseFields;
import io.landfall.edge.rules.TrafficRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What all event loops of one edge share: what it was started with, and what it counts. */
public final class EdgeRuntime {
  private volatile EdgeSettings settings;
  private final EdgePorts ports;
  private final RequestRecords records;
  private final Clock clock;
  private final EdgeCounters counters = new EdgeCounters();
  private final RequestWatches watches = new RequestWatches();
  private volatile RequestFields requestFields;
  private final ResponseFields responseFields;
  private final ProxyStatus proxyStatus;
  private final LocalResponses localResponses;
  private volatile RulesInForce rules;

  private final ServiceLoad tunnels = new ServiceLoad();
  private final Tunnel noTunnel = Tunnel.none(this);
  private final ConnectionShare backendConnections;

  // As many entries as services that there were; looked up only.
  private final Map<ServiceName, ServiceLoad> loads = new ConcurrentHashMap<>();

  // The same of services with circuits.
  private final Map<ServiceName, Circuits> circuits = new ConcurrentHashMap<>();

  // Sorted, for who reads it; as many as services of the config that were ever authorized.
  private final Map<ServiceName, AuthorizationCounts> authorizations =
      new ConcurrentSkipListMap<>();

  /**
   * The rules of services, and those of the config before, to which requests are held as long as
   * the snapshot routes them by that config.
   *
   * @param generation that of the snapshots with which the newest are in force
   */
  private record RulesInForce(
      int generation, @Nullable TrafficRules now, @Nullable TrafficRules before) {
    @Nullable TrafficRules of(EdgeSnapshot snapshot) {
      return snapshot.generation() < generation ? before : now;
    }
  }

  /** An edge that has served nothing yet; its clock may be read by any thread. */
  public EdgeRuntime(EdgeSettings settings, EdgePorts ports, Clock clock) {
    this(settings, ports, clock, RequestRecords.NONE);
  }

  /** The same with an access log or tracing, which somebody else closes when it has ended. */
  public EdgeRuntime(EdgeSettings settings, EdgePorts ports, Clock clock, RequestRecords records) {
    this.records = records;
    this.settings = settings;
    this.ports = ports;
    this.clock = clock;
    this.backendConnections = new ConnectionShare(ports.maxBackendConnections());
    this.proxyStatus = new ProxyStatus(settings.node());
    this.requestFields = new RequestFields(settings);
    this.responseFields = new ResponseFields(settings.node());
    this.localResponses =
        new LocalResponses(settings.node(), proxyStatus, settings.timeouts().retryAfterSeconds());
    this.rules =
        new RulesInForce(0, TrafficRules.of(settings.traffic(), settings.claims(), null), null);
  }

  /** The share of the process that connections to backends have. */
  public ConnectionShare backendConnections() {
    return backendConnections;
  }

  /** What the edge was started with, and the newest of what can change. */
  public EdgeSettings settings() {
    return settings;
  }

  /**
   * The operator has decided otherwise: requests that come from now on are treated so, and held to
   * the rules of services when the snapshot has that generation. Of the other settings, policies,
   * limits and timeouts are looked at. Any thread may call, one at a time.
   */
  public void change(EdgeSettings other, int generation) {
    EdgeSettings now =
        settings
            .with(other.policies())
            .with(other.limits(), other.timeouts())
            .with(other.traffic().maintaining(settings.traffic().maintained()));
    TrafficRules last = rules.now();
    rules = new RulesInForce(generation, TrafficRules.of(now.traffic(), now.claims(), last), last);
    requestFields = new RequestFields(now);
    settings = now;
    // No answer of it can come any more, so what failed last would be its state for ever.
    SortedMap<ServiceName, TrafficSettings.Service> with = now.traffic().services();
    authorizations
        .keySet()
        .removeIf(of -> with.get(of) == null || with.get(of).authorization().isEmpty());
  }

  /**
   * An operator holds these services in maintenance from now on, and no others, until the next such
   * change. Any thread may call, one at a time, and not while {@link #change} runs.
   *
   * @param services for each how many seconds Retry-After has; 0 for as its rules have it
   */
  public void maintain(SortedMap<ServiceName, Long> services) {
    EdgeSettings now = settings.with(settings.traffic().maintaining(services));
    RulesInForce last = rules;
    rules =
        new RulesInForce(
            last.generation(),
            TrafficRules.of(now.traffic(), now.claims(), last.now()),
            last.before());
    settings = now;
  }

  /** What it needs of the node. */
  public EdgePorts ports() {
    return ports;
  }

  /** Whether requests get ids here, by which they are found again in logs. */
  public boolean namesRequests() {
    return records.areKept();
  }

  /** Where sampled requests go, if there is tracing. */
  @Nullable RequestSpans spans() {
    return records.spans().orElse(null);
  }

  /** The access log, if there is one. */
  Optional<AccessLog> accessLog() {
    return records.log();
  }

  /** Who watches requests as they end. */
  public RequestWatches watches() {
    return watches;
  }

  /** The clocks. */
  public Clock clock() {
    return clock;
  }

  /** What it counts. */
  public EdgeCounters counters() {
    return counters;
  }

  RequestFields requestFields() {
    return requestFields;
  }

  ResponseFields responseFields() {
    return responseFields;
  }

  ProxyStatus proxyStatus() {
    return proxyStatus;
  }

  /** The responses that this node makes itself. */
  public LocalResponses localResponses() {
    return localResponses;
  }

  /**
   * What the rules of a service do with a request before it is decided on.
   *
   * @param client the address of the client; null for whoever sends it
   */
  public Optional<RulesView> rulesView(
      ServiceName service, RequestHead request, @Nullable InetAddress client) {
    return Optional.ofNullable(rules(ports.snapshot()))
        .map(all -> all.of(service))
        .map(of -> of.view(request, client));
  }

  /** The rules of the services that the snapshot routes to; null if none has any. */
  @Nullable TrafficRules rules(EdgeSnapshot snapshot) {
    return rules.of(snapshot);
  }

  /**
   * What was seen of a request.
   *
   * @param fromNode whether another node forwarded it
   * @param looped whether a client's request has passed this node before
   * @param cached what the cache has for it
   * @param capacity whether its service takes it here
   */
  record Seen(boolean fromNode, boolean looped, Cached cached, LocalCapacity capacity) {}

  /** Where the request belongs. */
  static Optional<Route> route(RequestHead request, EdgeSnapshot snapshot) {
    return snapshot.view().route(request.host(), request.routingTarget());
  }

  /** How busy the service of a request is here, which only the edge knows. */
  LocalCapacity capacity(Optional<Route> route, EdgeSnapshot snapshot) {
    if (route.isPresent()) {
      ServiceName name = route.get().service().name();
      HostedService local = snapshot.local(name);
      if (local != null && load(name).isFull(local.maxRequests())) {
        return LocalCapacity.FULL;
      }
    }
    return LocalCapacity.AVAILABLE;
  }

  /** Asks decision. */
  Decision decide(RequestHead request, Optional<Route> route, Seen seen) {
    Arrival arrival = seen.fromNode() ? Arrival.NODE : Arrival.CLIENT;
    return Decider.decide(
        new RequestFacts(
            request.host(),
            request.target(),
            arrival,
            seen.looped(),
            seen.cached(),
            seen.capacity()),
        route);
  }

  /** What requests have that ask for no tunnel. */
  Tunnel noTunnel() {
    return noTunnel;
  }

  /** How many requests are tunnels, or ask for one. */
  ServiceLoad tunnels() {
    return tunnels;
  }

  Circuits circuits(ServiceName service) {
    Circuits known = circuits.get(service);
    return known != null
        ? known
        : circuits.computeIfAbsent(service, of -> new Circuits(of, counters));
  }

  /** What the authorization service of a service is asked. */
  AuthorizationCounts authorizations(ServiceName service) {
    return authorizations.computeIfAbsent(
        service, of -> new AuthorizationCounts(of, clock.monotonicNanos()));
  }

  /** What was asked so up to now, by service. */
  public List<AuthorizationView> authorizations() {
    return authorizations.values().stream().map(AuthorizationCounts::view).toList();
  }

  /** The addresses of a service's backends that get no requests now for what came of them. */
  public List<InetSocketAddress> openCircuits(ServiceName service) {
    Circuits of = circuits.get(service);
    return of == null ? List.of() : of.open();
  }

  /**
   * These services are hosted otherwise than before, or no longer: circuits of addresses where they
   * have no backend now are forgotten. Any thread.
   */
  public void hostedOtherwise(Set<ServiceName> services) {
    EdgeSnapshot snapshot = ports.snapshot();
    for (ServiceName service : services) {
      Circuits of = circuits.get(service);
      if (of != null) {
        of.hosted(snapshot.local(service));
      }
    }
  }

  /** These services have left the config: what was counted of them is forgotten. Any thread. */
  void gone(Set<ServiceName> services) {
    services.forEach(authorizations::remove);
  }

  ServiceLoad load(ServiceName service) {
    ServiceLoad known = loads.get(service);
    return known != null ? known : loads.computeIfAbsent(service, s -> new ServiceLoad());
  }
}
