package io.landfall.edge.exchange;

import static java.util.Objects.requireNonNull;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.decision.Route;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.rules.ClientAddress;
import io.landfall.edge.rules.FieldEdits;
import io.landfall.edge.rules.Ruling;
import io.landfall.edge.rules.ServiceRules;
import io.landfall.edge.rules.TrafficRules;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that has arrived, and how it came. */
public final class Arrived {
  private static final FieldLines NOTHING = new FieldLines(0);

  private final Exchanges loop;
  private final RequestHead request;
  private final Downstream downstream;
  private final Optional<NodeName> peer;
  private final Tunnel tunnel;

  /** The rules of all services that it is judged by; null for none. */
  private @Nullable TrafficRules inForce;

  /** Those of the service that it was routed to last; null if that has none. */
  private @Nullable ServiceRules rules;

  /** The snapshot in which it was routed for its rules; null once the decision has that route. */
  private @Nullable EdgeSnapshot routedIn;

  private Optional<Route> routed = Optional.empty();

  /** By what it is found again in logs; null where there is none. */
  private final @Nullable RequestTrace trace;

  private @Nullable FieldLines upstreamFields;

  /** By what the request was authorized; null if it was not. */
  private @Nullable AuthorizationSettings authorizedBy;

  /** The fields of that answer which a backend gets. */
  private FieldLines granted = NOTHING;

  Arrived(Exchanges loop, RequestHead request, Downstream downstream, Optional<NodeName> peer) {
    this.loop = loop;
    this.request = request;
    this.downstream = downstream;
    this.peer = peer;
    this.tunnel = Tunnel.of(request, peer.isEmpty(), loop.runtime());
    Arrived asker = downstream instanceof FillDownstream fill ? fill.asker() : null;
    this.trace =
        !loop.runtime().namesRequests()
            ? null
            : asker == null || asker.trace == null
                ? loop.trace(request.fields(), sender())
                : asker.trace.ofFetch();
    if (downstream instanceof AuthorizationCall) {
      // The question is sent as it was made: with what is known of the request that it is about.
      this.upstreamFields = request.fields();
    }
    EdgeSnapshot snapshot = loop.runtime().ports().snapshot();
    this.inForce = loop.runtime().rules(snapshot);
    if (inForce != null) {
      this.routedIn = snapshot;
      this.routed = EdgeRuntime.route(request, snapshot);
      this.rules = rulesOf(inForce, routed);
    }
  }

  private static @Nullable ServiceRules rulesOf(@Nullable TrafficRules all, Optional<Route> route) {
    return all == null || route.isEmpty() ? null : all.of(route.get().service().name());
  }

  /**
   * Where it belongs by a snapshot. The route that was found for its rules is used once: a request
   * that lasts keeps no snapshot.
   */
  Optional<Route> route(EdgeSnapshot snapshot) {
    Optional<Route> found =
        snapshot.equals(routedIn) ? routed : EdgeRuntime.route(request, snapshot);
    routedIn = null;
    routed = Optional.empty();
    return found;
  }

  /**
   * From now on it is held to the rules of the service that it is routed to.
   *
   * @return whether these are others than before: it has waited, and the config has changed
   */
  boolean follow(Optional<Route> route, EdgeSnapshot snapshot) {
    TrafficRules all = loop.runtime().rules(snapshot);
    ServiceRules next = rulesOf(all, route);
    if (Objects.equals(next, rules)) {
      return false;
    }
    inForce = all;
    rules = next;
    AuthorizationSettings now = next == null ? null : next.authorization();
    if (authorizedBy != null && !authorizedBy.equals(now)) {
      authorizedBy = null;
      granted = NOTHING;
    }
    upstreamFields = null;
    return true;
  }

  /** What authorizes the request first, not started; null if it needs nothing of that now. */
  @Nullable AuthorizationAttempt authorization(Exchange exchange) {
    ServiceRules held = rules();
    AuthorizationSettings due = held == null ? null : held.authorization();
    return held == null || due == null || due.equals(authorizedBy)
        ? null
        : new AuthorizationAttempt(exchange, this, held.service(), due);
  }

  /**
   * The request may go on.
   *
   * @param fields those of the answer that a backend gets
   */
  void authorized(AuthorizationSettings by, FieldLines fields) {
    authorizedBy = by;
    granted = fields;
    upstreamFields = null;
  }

  /**
   * Whether it has fields that an authorization service gave for this client, by which a backend
   * may answer: no cache has them in a key. Of a forwarded request the landing node reports it,
   * whose config need not be this node's; and what is such a field here is taken for one.
   */
  public boolean hasIdentity() {
    if (granted.size() > 0 || peer.isEmpty()) {
      return granted.size() > 0;
    }
    ServiceRules held = rules;
    AuthorizationSettings by = held == null ? null : held.authorization();
    return request.fields().has(FieldNames.LANDFALL_IDENTITY)
        || (by != null && by.responseFields().stream().anyMatch(request.fields()::has));
  }

  private RequestTrace.Sender sender() {
    if (peer.isPresent()) {
      return RequestTrace.Sender.NODE;
    }
    return proxies().contains(downstream.remote())
        ? RequestTrace.Sender.PROXY
        : RequestTrace.Sender.CLIENT;
  }

  private TrustedProxies proxies() {
    return loop.runtime().settings().claims().trustedProxies();
  }

  /** By what it is found again in logs; null where there is none. */
  @Nullable RequestTrace trace() {
    return trace;
  }

  /** By what it is kept once it is over; null for what the edge asks for itself. */
  @Nullable RequestTrace keptBy() {
    boolean own = downstream instanceof FillDownstream fill && fill.asker() == null;
    return own ? null : trace;
  }

  /** The address of the client who asks; null if it is not known. */
  @Nullable InetAddress address() {
    if (peer.isEmpty()) {
      return ClientAddress.of(request, downstream.remote(), proxies());
    }
    ClientAddresses client = client();
    return client == null ? null : client.source().getAddress();
  }

  /** The requests of the event loop that it came on. */
  public Exchanges loop() {
    return loop;
  }

  /** The head, as it was received. */
  public RequestHead request() {
    return request;
  }

  /** The same with the scheme in which the client reached the CDN, if a trusted proxy sends it. */
  public RequestHead asReached() {
    return peer.isPresent()
        ? request
        : loop.runtime().requestFields().asReached(request, downstream.remote());
  }

  /** Whether a backend is sent a client's certificate: not of one that any client makes up. */
  public boolean tellsOfCertificate() {
    FieldLines fields = request.fields();
    return fields.has(FieldNames.CONNECTION_CERT)
        || (fields.has(FieldNames.CLIENT_CERT) && upstreamFields().has(FieldNames.CLIENT_CERT));
  }

  /**
   * Whether there are backends here for requests such as this one only: no cache has that in a key.
   */
  public boolean isForFew(ServiceName service) {
    HostedService here = loop.runtime().ports().snapshot().local(service);
    return here != null
        && !RequestMatches.among(here.rules().conditions(), request.fields()).isEmpty();
  }

  /** Who asks. */
  public Downstream downstream() {
    return downstream;
  }

  /**
   * Both ends of the connection of the client who asks, as the node that it reached sees or reports
   * them; null if it is no one client's.
   */
  @Nullable ClientAddresses client() {
    if (peer.isEmpty()) {
      return downstream.client();
    }
    AsciiString sent = request.fields().first(FieldNames.LANDFALL_CLIENT);
    return sent == null ? null : ClientAddresses.parse(sent.toString()).orElse(null);
  }

  /** The node that forwarded it, if one did. */
  public Optional<NodeName> peer() {
    return peer;
  }

  /** What it has of a tunnel, for which most do not ask. */
  Tunnel tunnel() {
    return tunnel;
  }

  /** The rules that it is held to here: those of a client that reached the CDN at this node. */
  @Nullable ServiceRules rules() {
    return peer.isPresent() || isFill() ? null : rules;
  }

  /** How it may wait for a place here; null if it may not. */
  @Nullable Queue queue() {
    return rules == null ? null : rules.queue();
  }

  /**
   * How the rules of its service judge a request that is held to them.
   *
   * @param counted whether limits of that service have counted it, so that they do not again
   */
  Ruling judge(ServiceRules held, boolean counted) {
    TrafficRules all = requireNonNull(inForce);
    InetAddress client = all.client(request, downstream.remote());
    return counted
        ? held.judgeCounted(asReached(), client)
        : held.judge(asReached(), client, loop.runtime().clock().monotonicNanos());
  }

  /** What changes in the fields of its response; null if nothing does. */
  @Nullable FieldEdits responseEdits() {
    ServiceRules held = rules();
    return held == null ? null : held.response(asReached().scheme());
  }

  /** Whether the cache asks, to keep what comes. */
  boolean isFill() {
    return downstream instanceof FillDownstream;
  }

  /** What the caches of other sites may have for it, if the cache asks. */
  Cached seeks() {
    return downstream instanceof FillDownstream fill ? fill.seeks() : Cached.NONE;
  }

  /** The request's fields as they go to a place: a backend gets them as its service has it. */
  FieldLines upstreamFields(@Nullable Attempt to) {
    FieldEdits edits = rules == null || to == null || to.isForward() ? null : rules.request();
    FieldLines fields = edits == null ? upstreamFields() : edits.copyOf(upstreamFields());
    return trace == null || to == null ? fields : trace.inAttempt(fields);
  }

  /** The same of trailers; null if none is left. */
  @Nullable FieldLines trailers(FieldLines received) {
    FieldLines passed = loop.runtime().requestFields().trailers(received);
    if (rules == null || passed == null) {
      return passed;
    }
    FieldEdits edits = rules.request();
    FieldLines left = edits == null ? passed : edits.without(passed);
    // A backend may take trailers for fields of the head.
    FieldEdits identity = rules.identity();
    left = identity == null ? left : identity.without(left);
    return left.size() == 0 ? null : left;
  }

  /** The request's fields as they go to any upstream. */
  FieldLines upstreamFields() {
    FieldLines fields = upstreamFields;
    if (fields == null) {
      fields = sentFields();
      FieldEdits identity = rules == null || peer.isPresent() ? null : rules.identity();
      // What a client sends of what an authorization service gives is made up.
      fields = identity == null ? fields : identity.copyOf(fields);
      for (int i = 0; i < granted.size(); i++) {
        fields.add(granted.name(i), granted.value(i));
      }
      upstreamFields = fields;
    }
    return fields;
  }

  /** The same before an authorization service has to do with it: with what the client made up. */
  FieldLines sentFields() {
    FieldLines fields = loop.runtime().requestFields().upstream(request, downstream.remote(), peer);
    return trace == null ? fields : trace.in(fields);
  }
}
