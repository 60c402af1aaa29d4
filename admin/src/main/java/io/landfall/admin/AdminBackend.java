package io.landfall.admin;

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
import java.util.List;
import java.util.OptionalLong;

/**
 * What the admin API asks of the running node.
 *
 * <p>Every method is called on a virtual thread and may block; the node answers by posting to its
 * control thread and waiting. A method that throws becomes a 500 with the exception's message, but
 * for {@link Unavailable}.
 */
public interface AdminBackend {
  /**
   * Which node this is.
   *
   * @param name its name
   * @param identity its identity
   */
  record Self(String name, String identity) {}

  /** Which node this is. */
  Self self();

  /** Every peer, then every candidate that is not a peer, with why. */
  List<PeerRow> peers();

  /** Every service that this node knows, in the order of the config. */
  List<ServiceStatus> services();

  /** Plane one. */
  IngressStatus ingress();

  /** The BFD sessions: with other nodes, then with upstream routers. */
  List<BfdRow> bfd();

  /** What was refused, by peer and rule. */
  List<RefusedRow> refused();

  /** The list of revocations in force, and what is wrong with its file. */
  RevocationStatus revocations();

  /** Requests that have switched protocols. */
  TunnelStatus tunnels();

  /** TLS towards clients: certificates, and what became of their files. */
  TlsStatus tls();

  /** What is asked of the overlay beyond these short views. */
  RoutingBackend routing();

  /** What is asked of the requests that the node answers. */
  RequestsBackend requests();

  /** What is asked of the cache. */
  CacheBackend cache();

  /** What is asked of the config that the node runs with. */
  ConfigureBackend configure();

  /**
   * The last decisions, newest first; bounded by the node.
   *
   * @param filter which of those that the node remembers
   */
  QueryResult<List<DecisionView>> decisions(DecisionFilter filter);

  /**
   * The overlay table as MRT (RFC 6396, TABLE_DUMP_V2), as it is after this question.
   *
   * @throws Unavailable when it is too large, or not ready in time
   */
  byte[] mrtDump();

  /**
   * By what a client's request for a URL would be routed: read by whatever reads such requests.
   *
   * @param url with its scheme
   */
  ExplainTarget target(String url);

  /**
   * What would happen to a GET from a client that is routed by this, now.
   *
   * @param target as {@link #target} gave it
   * @param withCache whether the caller may know what the cache has; if not, as if it were empty
   */
  ExplainView explain(ExplainTarget.Routed target, boolean withCache);

  /**
   * A service announces itself as up.
   *
   * @param service the service
   * @param ttlMillis how long the word holds without renewal; empty for no end, which also ends a
   *     lease that was taken before
   */
  CommandResult announce(ServiceName service, OptionalLong ttlMillis);

  /** A service withdraws itself, whatever its probes find, until it announces itself again. */
  CommandResult withdraw(ServiceName service);

  /** Marks one service DRAINING here. */
  CommandResult drainService(ServiceName service);

  /**
   * Keeps new requests from one backend of a service here, or does so no longer; those that it has
   * finish.
   *
   * @param url the backend's, as the config has it
   * @param begins whether the drain begins, or ends
   */
  CommandResult drainBackend(ServiceName service, String url, boolean begins);

  /**
   * Answers requests for a service that land at this node with 503, or does so no longer.
   *
   * @param begins whether that begins, or ends
   * @param retryAfterSeconds what Retry-After has; 0 for as the config has it
   */
  CommandResult maintenance(ServiceName service, boolean begins, long retryAfterSeconds);

  /** Drains the whole node: its services, and its announcements on plane one (RFC 8326). */
  CommandResult drainNode();

  /** Takes {@link #drainService} back. */
  CommandResult undrainService(ServiceName service);

  /**
   * Reads again what can change while the node runs: the config, revocations and certificates.
   *
   * @param actor who asks
   */
  CommandResult reload(String actor);

  /** Takes {@link #drainNode} back. */
  CommandResult undrainNode();
}
