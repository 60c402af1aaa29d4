package io.landfall.edge;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the edge has counted since it started beside requests ({@link TrafficStats}), read at a
 * scrape.
 *
 * @param attempts attempts on backends and nodes
 * @param refused requests that the gate refused, and connections for which there was no room
 * @param aborted responses that broke off after their head was sent
 * @param defences what was done against resets, control frames, connections that read nothing, and
 *     trailers
 * @param clients connections and requests of clients
 * @param requestsInProgress requests in progress now
 */
public record EdgeStats(
    Attempts attempts,
    Refused refused,
    long aborted,
    Defences defences,
    Clients clients,
    long requestsInProgress) {
  /**
   * Attempts on backends and nodes.
   *
   * @param retries attempts after the first
   * @param failed attempts that failed
   * @param refusedRepeats attempts that failed and were not repeated for want of retry budget
   * @param openCircuits addresses of backends that get no requests now for what came of them
   * @param openedCircuits how often one was left out for that
   */
  public record Attempts(
      long retries, long failed, long refusedRepeats, long openCircuits, long openedCircuits) {}

  /**
   * What was turned away before anything was decided on it.
   *
   * @param requests requests that the gate refused, by the name of the rule; all rules are there
   * @param withoutPlace connections of clients that were closed when they came, since there were as
   *     many as there may be
   * @param madeRoom connections of clients that were closed for newer ones, since no request had
   *     come on them
   */
  public record Refused(SortedMap<String, Long> requests, long withoutPlace, long madeRoom) {
    /** The rule of requests beyond those that a client may have at once on a connection. */
    public static final String TOO_MANY_STREAMS = "TOO_MANY_STREAMS";

    /** The rule of requests of other nodes that went back to them untouched. */
    public static final String RETURNED_TO_NODE = "RETURNED_TO_NODE";

    /** Copies the map. */
    public Refused {
      requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
    }
  }

  /**
   * What was done against resets, control frames, connections that read nothing, and trailers.
   *
   * @param heldResets forwarded requests that were given up and reset later, when the connection to
   *     the other node could bear one more reset
   * @param declinedAborters requests that were not forwarded, since their client breaks off too
   *     many
   * @param floodedConnections connections with other nodes that ended since there were too many
   *     resets or control frames on them
   * @param stalledConnections connections of nodes and clients that ended since bytes waited to be
   *     written and none left
   * @param droppedTrailers trailer fields of responses that were dropped, since they must not be
   *     any
   * @param floodedBackends connections with backends over HTTP/2 that ended since there were too
   *     many resets or control frames on them
   * @param crowdedClients connections of clients that were closed when they came, since their
   *     address had as many as it may
   * @param queued requests that wait for a place at the backends of their service
   */
  public record Defences(
      long heldResets,
      long declinedAborters,
      long floodedConnections,
      long stalledConnections,
      long droppedTrailers,
      long floodedBackends,
      long crowdedClients,
      Queued queued) {}

  /**
   * Requests that wait for a place at the backends of their service.
   *
   * @param now how many wait now
   * @param all how many have waited
   * @param late how many of those found no place in time
   */
  public record Queued(long now, long all, long late) {}

  /** Client connections open now. */
  public long clientConnections() {
    return clients.connections();
  }

  /** Requests whose backend has switched protocols. */
  public Tunnels tunnels() {
    return clients.tunnels();
  }

  /**
   * Connections and requests of clients.
   *
   * @param connections connections open now
   * @param http1Requests requests over HTTP/1 that the gate took
   * @param http2Requests the same over HTTP/2
   * @param http2Connections client connections over HTTP/2 open now
   * @param floodedHttp2Connections those that ended since what they cost brought them nothing
   * @param stalledHttp2Streams streams that were reset since their client gave them no window
   * @param tunnels requests whose backend has switched protocols
   * @param proxyFaults connections that were closed for their PROXY header, by reason
   */
  public record Clients(
      long connections,
      long http1Requests,
      long http2Requests,
      long http2Connections,
      long floodedHttp2Connections,
      long stalledHttp2Streams,
      Tunnels tunnels,
      SortedMap<ProxyFault, Long> proxyFaults) {
    /** Copies the map. */
    public Clients {
      proxyFaults = Collections.unmodifiableSortedMap(new TreeMap<>(proxyFaults));
    }
  }

  /**
   * Requests whose backend has switched protocols.
   *
   * @param open open now
   * @param opened how many there were, the open ones included
   * @param refused requests for one that got 503, since there were as many as there may be
   * @param idle those that ended since no byte passed for too long
   * @param broken those that one side broke off, without the end of what it sent
   * @param turnedAway how often one was not asked for at another node, since those to it had their
   *     share of its streams
   */
  public record Tunnels(
      long open, long opened, long refused, long idle, long broken, long turnedAway) {}
}
