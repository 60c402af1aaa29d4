package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One peer, one candidate that is no peer, or one service host, as {@code show peers} has it.
 *
 * @param who who it is
 * @param session how its session stands
 * @param place where it is
 * @param routes the counters
 * @param lastError why the last session ended or the last attempt failed; empty when nothing did
 * @param asn its AS number; empty for a candidate
 * @param sinceSeconds how long it has been up, or down; empty for a candidate
 * @param kind {@link #NODE}, or {@link #SERVICE} for a service host
 */
public record PeerRow(
    @Inline Who who,
    @Inline Session session,
    @Inline Place place,
    @Inline RouteCounts routes,
    Optional<String> lastError,
    OptionalLong asn,
    OptionalDouble sinceSeconds,
    String kind) {
  /** The kind of a node of the overlay, or of what might be one. */
  public static final String NODE = "node";

  /** The kind of a host that speaks BGP for services beside this node. */
  public static final String SERVICE = "service";

  /** A candidate, or a node whose AS number and moment of change are not of interest. */
  public PeerRow(
      Who who, Session session, String endpoint, RouteCounts routes, Optional<String> lastError) {
    this(
        who,
        session,
        new Place(endpoint, Optional.empty()),
        routes,
        lastError,
        OptionalLong.empty(),
        session.uptimeSeconds(),
        NODE);
  }

  /** The same candidate, which these peers name. */
  public PeerRow learnedFrom(List<String> peers) {
    return new PeerRow(
        who,
        session,
        new Place(endpoint(), Optional.of(peers)),
        routes,
        lastError,
        asn,
        sinceSeconds,
        kind);
  }

  /** The address and port that is connected or would be dialled. */
  public String endpoint() {
    return place.endpoint;
  }

  /** Of a candidate that the operator does not name: the peers that name it now. */
  public Optional<List<String>> learnedFrom() {
    return place.learnedFrom;
  }

  /**
   * Who a peer is.
   *
   * @param name the node's name, proved by its certificate; empty while it has proved nothing
   * @param identity its identity, proved likewise
   */
  public record Who(Optional<String> name, Optional<String> identity) {}

  /**
   * Where a peer or candidate is.
   *
   * @param endpoint the address and port that is connected or would be dialled
   * @param learnedFrom where the operator does not name it: the peers that name it now
   */
  public record Place(String endpoint, Optional<List<String>> learnedFrom) {
    /** Copies the list. */
    public Place {
      learnedFrom = learnedFrom.map(List::copyOf);
    }
  }

  /**
   * How the session of a peer stands.
   *
   * @param state the BGP state in lower case ({@code established}, {@code opensent}, ...), {@code
   *     down} for a peer that was there before, {@code candidate}, or {@code unreached} for a node
   *     that others' routes name and no channel for requests reaches
   * @param uptimeSeconds how long the session has been established; empty when it is not
   */
  public record Session(String state, OptionalDouble uptimeSeconds) {}

  /**
   * Routes of a peer.
   *
   * @param routesReceived how many it advertises to us now
   * @param routesAccepted how many of those are in our table
   * @param routesRefused how many we have refused since the start
   * @param routesSent how many we advertise to it now
   */
  public record RouteCounts(
      long routesReceived, long routesAccepted, long routesRefused, long routesSent) {
    /** Of a candidate. */
    public static final RouteCounts NONE = new RouteCounts(0, 0, 0, 0);
  }
}
