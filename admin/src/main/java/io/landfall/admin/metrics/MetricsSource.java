package io.landfall.admin.metrics;

import io.landfall.admin.model.TlsStatus;
import io.landfall.core.Signal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The numbers of one scrape, all of one moment as far as one thread owns them. Counters never go
 * down while the node lives.
 */
public interface MetricsSource {
  /** Requests by how they ended. */
  List<RequestCount> requests();

  /** What broken-off requests did to the connections between nodes. */
  default ForwardCounts forwards() {
    return new ForwardCounts(0, 0, 0, 0, 0);
  }

  /** What was counted of attempts on backends and nodes; nothing without an edge. */
  default AttemptCounts attempts() {
    return new AttemptCounts(0, 0, 0, 0, 0);
  }

  /** Clients by version of HTTP. */
  default ClientCounts clients() {
    return new ClientCounts(0, 0, 0, 0, 0, 0);
  }

  /** Requests that have switched protocols. */
  default TunnelCounts tunnels() {
    return new TunnelCounts(0, 0, 0, 0, 0, 0);
  }

  /** Requests that wait for a place at the backends of their service. */
  default QueueCounts queues() {
    return new QueueCounts(0, 0, 0, 0);
  }

  /** What authorization services were asked. */
  default List<AuthorizationCount> authorizations() {
    return List.of();
  }

  /**
   * What came of asking for one service whether its requests may go on.
   *
   * @param service the service
   * @param inFlight how many wait for the answer now
   * @param results how many there were, by what came of it
   */
  record AuthorizationCount(String service, long inFlight, SortedMap<String, Long> results) {
    /** Copies the map. */
    public AuthorizationCount {
      results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
    }
  }

  /** Whether each service is in maintenance at this node, by name. */
  default SortedMap<String, Boolean> maintenance() {
    return Collections.emptySortedMap();
  }

  /** Trailer fields of responses that were dropped, since they must not be any. */
  default long droppedTrailers() {
    return 0;
  }

  /** Lines of the node's log that were lost, since nothing took them. */
  default long lostLogLines() {
    return 0;
  }

  /** What the access log has counted; empty without one. */
  default Optional<AccessLogCounts> accessLog() {
    return Optional.empty();
  }

  /**
   * What the access log has counted.
   *
   * @param written lines that were written
   * @param lost lines that were not: no memory was free, or a write failed
   * @param hasProblem whether lines cannot be written now
   */
  record AccessLogCounts(long written, long lost, boolean hasProblem) {}

  /** How full the queues are. */
  default List<QueueSize> queueSizes() {
    return List.of();
  }

  /** What became of spans; empty without tracing. */
  default Optional<SpanCounts> spans() {
    return Optional.empty();
  }

  /**
   * What became of spans.
   *
   * @param exported spans that the collector took
   * @param dropped spans for which there was no room
   * @param failed spans that the collector did not take
   * @param hasProblem whether it takes none now
   */
  record SpanCounts(long exported, long dropped, long failed, boolean hasProblem) {}

  /** What is known of the cache; nothing if no service is cached. */
  default List<CacheCount> cache() {
    return List.of();
  }

  /** What is known of purges of the fleet; nothing if no service is cached. */
  default List<PurgeCount> purges() {
    return List.of();
  }

  /** Requests by service, by node that they were forwarded to and by backend. */
  default Traffic traffic() {
    return Traffic.NONE;
  }

  /** Sessions, prefixes and certificates. */
  default Planes planes() {
    return Planes.NONE;
  }

  /** Hosts in the overlay table. */
  long overlayRoutes();

  /** Peers by state in lower case. */
  Map<String, Long> overlayPeers();

  /** Second holders of an identity that were refused, here or, in this node's place, by a peer. */
  default long overlayDuplicates() {
    return 0;
  }

  /** TLS towards clients. */
  default TlsStatus tls() {
    return new TlsStatus(List.of(), List.of(), List.of());
  }

  /** The time of these numbers. */
  default Instant time() {
    return Instant.EPOCH;
  }

  /** The list of revocations. */
  default RevocationCounts revocations() {
    return new RevocationCounts(0, false, 0, 0);
  }

  /** The config in force. */
  default ConfigCounts config() {
    return new ConfigCounts(1, "", true, Instant.EPOCH);
  }

  /** Refused routes by peer and rule. */
  List<RefusedCount> overlayRefused();

  /** UPDATE messages sent to all upstreams. */
  long ingressUpdatesSent();

  /** BFD sessions. */
  default List<BfdCount> bfd() {
    return List.of();
  }

  /** Datagrams that BFD discarded before it had found a session. */
  default List<BfdUnmatched> bfdUnmatched() {
    return List.of();
  }

  /** How long the steps of the control thread took. */
  default ControlSteps controlSteps() {
    return new ControlSteps(new DurationHistogram(new double[0], new long[1], 0), 0);
  }

  /** The signal of each service here. */
  Map<String, ServiceSignal> serviceSignals();

  /**
   * The signal of a service here.
   *
   * @param now what it is
   * @param changes how often it has changed, or its tier
   */
  record ServiceSignal(Signal now, long changes) {}

  /** Probes by service and result. */
  List<ProbeCount> probes();

  /** What was sent to BMP stations, and written to MRT files. */
  default List<WatchCount> watch() {
    return List.of();
  }

  /**
   * The config in force.
   *
   * @param generation 1 at the start, and one more with each change
   * @param hash the first 12 hexadecimal digits of the SHA-256 of the file's bytes
   * @param lastApplied whether the last attempt to change it did so; true without an attempt
   * @param since when it was put in force
   */
  record ConfigCounts(long generation, String hash, boolean lastApplied, Instant since) {}

  /**
   * The list of revocations.
   *
   * @param entries how many are in force
   * @param hasProblem whether the file as it is now is not in force, since it breaks a rule
   * @param applied how often a file was read and put in force since the start
   * @param refused how often one was not
   */
  record RevocationCounts(long entries, boolean hasProblem, long applied, long refused) {}

  /**
   * One BFD session.
   *
   * @param peer the node's name, or the upstream's address
   * @param up whether it is Up
   * @param downs how often it left Up since it was made
   * @param discarded datagrams that it discarded since it was made
   */
  record BfdCount(String peer, boolean up, long downs, long discarded) {}

  /**
   * Datagrams that belonged to no BFD session.
   *
   * @param plane {@code overlay} or {@code upstreams}
   * @param rule the rule that discarded them
   */
  record BfdUnmatched(String plane, String rule, long count) {}

  /**
   * Steps of the control thread since the start.
   *
   * @param durations all of them
   * @param longestSeconds the longest
   */
  record ControlSteps(DurationHistogram durations, double longestSeconds) {}

  /**
   * What was counted of clients.
   *
   * @param http1Connections open now
   * @param http2Connections open now
   * @param http1Requests requests that the gate took
   * @param http2Requests the same over HTTP/2
   * @param floodedHttp2Connections connections that ended since what they cost brought nothing
   * @param stalledHttp2Streams streams that were reset since their client gave them no window
   */
  record ClientCounts(
      long http1Connections,
      long http2Connections,
      long http1Requests,
      long http2Requests,
      long floodedHttp2Connections,
      long stalledHttp2Streams) {}

  /** What was turned away before anything was decided on it; nothing without an edge. */
  default RefusedCounts refused() {
    return RefusedCounts.NONE;
  }

  /** Connections that were closed for their PROXY header, by reason. */
  default SortedMap<String, Long> refusedProxyHeaders() {
    return Collections.emptySortedMap();
  }

  /**
   * Requests that wait for a place at the backends of their service, and connections that got none.
   *
   * @param now how many wait now
   * @param queued how many have waited since the start
   * @param late how many of those found no place in time
   * @param crowded connections that were closed when they came, since their address had as many as
   *     it may
   */
  record QueueCounts(long now, long queued, long late, long crowded) {}

  /**
   * What was counted of requests to nodes and backends.
   *
   * @param heldResets requests that were given up and reset later, since there were many
   * @param declinedAborters requests not forwarded, since their client breaks off too many
   * @param floodedConnections connections that ended for too many resets or control frames
   * @param stalledConnections connections that ended since nothing left of what waited for them
   * @param floodedBackends connections to backends that ended for too many resets or control frames
   */
  record ForwardCounts(
      long heldResets,
      long declinedAborters,
      long floodedConnections,
      long stalledConnections,
      long floodedBackends) {}

  /**
   * What was counted of attempts on backends and nodes.
   *
   * @param repeats attempts after the first one of a request
   * @param failed attempts that failed
   * @param refusedRepeats attempts that failed and were not repeated for want of retry budget
   * @param openCircuits addresses of backends that get no requests now for what came of them
   * @param openedCircuits how often one was left out for that
   */
  record AttemptCounts(
      long repeats, long failed, long refusedRepeats, long openCircuits, long openedCircuits) {}

  /**
   * One number of the cache.
   *
   * @param what the metric's name without {@code landfall_cache_}
   * @param service the service that it is about; empty for all
   * @param disk the disk that it is about, by its folder; empty for none
   * @param count the number
   */
  record CacheCount(String what, String service, String disk, double count) {
    /** One of a service, or of all. */
    public CacheCount(String what, String service, double count) {
      this(what, service, "", count);
    }

    /** One of a disk. */
    public static CacheCount ofDisk(String what, String disk, double count) {
      return new CacheCount(what, "", disk, count);
    }
  }

  /**
   * A number about purges.
   *
   * @param what what is measured
   * @param peer the node that it is about; empty for this one
   * @param value the number
   */
  record PurgeCount(String what, String peer, double value) {}

  /**
   * Requests that ended the same way.
   *
   * @param outcome {@code serve}, {@code forward} or {@code decline}
   * @param reason the reason's code
   * @param service the service; empty text for an unknown host
   * @param count how many
   */
  record RequestCount(String outcome, String reason, String service, long count) {}

  /**
   * Routes of one peer that one rule refused.
   *
   * @param peer the peer's name
   * @param rule the rule's code
   * @param count how many
   */
  record RefusedCount(String peer, String rule, long count) {}

  /**
   * One number about who watches.
   *
   * @param what what it counts, see {@link WatchMetrics}
   * @param station the station's address and port; empty text for files
   */
  record WatchCount(String what, String station, long count) {}

  /**
   * Probes with one result.
   *
   * @param service the service
   * @param result {@code success}, {@code failure} or {@code timeout}
   * @param count how many
   */
  record ProbeCount(String service, String result, long count) {}
}
