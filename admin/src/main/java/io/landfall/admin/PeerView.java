package io.landfall.admin;

import io.landfall.core.HostAddress;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One peer, one candidate that is no peer, or one service host, as {@code show peers} has it.
 *
 * @param kind whether it is a node, or a service host that may speak for its services only
 * @param name the node's name, proved by its certificate; empty while it has proved nothing
 * @param identity its identity, proved likewise
 * @param state the BGP state in lower case ({@code established}, {@code opensent}, ...), {@code
 *     down} for a peer that was there before, or {@code candidate}
 * @param uptimeSeconds how long the session has been established; empty when it is not
 * @param endpoint the address and port that we speak to or would dial
 * @param routes the counters
 * @param lastError why the last session ended or the last attempt failed; empty when nothing did
 * @param asn its AS number; empty for a candidate
 * @param sinceSeconds how long it has been up, or down; empty for a candidate
 */
public record PeerView(
    Optional<String> name,
    Optional<HostAddress> identity,
    String state,
    OptionalDouble uptimeSeconds,
    String endpoint,
    RouteCounts routes,
    Optional<String> lastError,
    OptionalLong asn,
    OptionalDouble sinceSeconds,
    Kind kind) {
  /** What it may be to us. */
  public enum Kind {
    /** A node of the overlay, or one that might be. */
    NODE,
    /** A host that speaks BGP for services beside this node. */
    SERVICE
  }

  /** A candidate, or a node whose AS number and moment of change are not of interest. */
  public PeerView(
      Optional<String> name,
      Optional<HostAddress> identity,
      String state,
      OptionalDouble uptimeSeconds,
      String endpoint,
      RouteCounts routes,
      Optional<String> lastError) {
    this(
        name,
        identity,
        state,
        uptimeSeconds,
        endpoint,
        routes,
        lastError,
        OptionalLong.empty(),
        uptimeSeconds,
        Kind.NODE);
  }

  /**
   * Routes of a peer.
   *
   * @param received how many it advertises to us now
   * @param accepted how many of those are in our table
   * @param refused how many we have refused since the start
   * @param sent how many we advertise to it now
   */
  public record RouteCounts(long received, long accepted, long refused, long sent) {
    /** Of a candidate. */
    public static final RouteCounts NONE = new RouteCounts(0, 0, 0, 0);
  }
}
