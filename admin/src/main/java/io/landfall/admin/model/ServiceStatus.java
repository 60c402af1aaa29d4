package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One service as {@code show services} has it.
 *
 * @param name its name
 * @param identity its identity
 * @param hosts the hosts it answers for
 * @param paths the path prefixes it answers for; empty means every path
 * @param local its state here; empty when it is not hosted here
 * @param sites the other nodes that advertise it, in the order in which they would be asked
 * @param held what its rules do with its requests here
 */
public record ServiceStatus(
    String name,
    String identity,
    List<String> hosts,
    List<String> paths,
    Optional<Local> local,
    List<Site> sites,
    @Inline Held held) {
  /** Copies the lists. */
  public ServiceStatus {
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
    sites = List.copyOf(sites);
  }

  /**
   * What its rules do with its requests at this node.
   *
   * @param maintenance who holds it in maintenance: {@code by the config} or {@code by an
   *     operator}; empty when it is in none
   * @param authorization why its authorization service is taken for dead; empty when it is not, or
   *     there is none
   */
  public record Held(Optional<String> maintenance, Optional<String> authorization) {
    /** Nothing that an operator has to see. */
    public static final Held NOTHING = new Held(Optional.empty(), Optional.empty());
  }

  /** Who holds it in maintenance at this node; empty when it is in none. */
  public Optional<String> maintenance() {
    return held.maintenance;
  }

  /** Why its authorization service is taken for dead; empty when it is not. */
  public Optional<String> authorization() {
    return held.authorization;
  }

  /** One that is in no maintenance. */
  public ServiceStatus(
      String name,
      String identity,
      List<String> hosts,
      List<String> paths,
      Optional<Local> local,
      List<Site> sites) {
    this(name, identity, hosts, paths, local, sites, Held.NOTHING);
  }

  /**
   * A service's state at this node.
   *
   * @param signal its own signal
   * @param why one sentence: whose word that is
   * @param backends its backends
   * @param lease its lease, when one has been taken
   * @param dampedUntil until when changes are held back, when it flaps
   * @param tier the tier it is advertised with, when it is
   * @param speakers what the hosts that speak for it say; empty when its probe alone decides
   */
  public record Local(
      String signal,
      String why,
      List<BackendState> backends,
      Optional<LeaseState> lease,
      Optional<Instant> dampedUntil,
      long tier,
      List<HostState> speakers) {
    /** Copies the lists. */
    public Local {
      backends = List.copyOf(backends);
      speakers = List.copyOf(speakers);
    }
  }

  /**
   * What one service host advertises over BGP.
   *
   * @param host its name
   * @param session the state of its session, as {@code show peers} has it
   * @param says UP, DRAINING or DOWN; empty without a route
   * @param med the MED it came with; empty without a route, or without one
   * @param tier the tier that is for the configured one to be added to
   * @param since since when it is advertised; empty without a route
   */
  public record HostState(
      String host,
      String session,
      Optional<String> says,
      OptionalLong med,
      long tier,
      Optional<Instant> since) {}

  /**
   * One backend.
   *
   * @param url as configured
   * @param healthy the result of its probe
   * @param lastError how the last failed probe failed; empty when none has
   * @param drained whether an operator keeps new requests from it
   * @param weight its share of new requests in relation to the others'; 0 for none
   * @param openCircuits its addresses that get no requests now for what came of those they had
   */
  public record BackendState(
      String url,
      boolean healthy,
      Optional<String> lastError,
      boolean drained,
      int weight,
      List<String> openCircuits) {
    /** Copies the list. */
    public BackendState {
      openCircuits = List.copyOf(openCircuits);
    }
  }

  /**
   * A lease.
   *
   * @param ttlMillis how long a grant lasts
   * @param remainingMillis how long the present grant still lasts; 0 when it has ended
   */
  public record LeaseState(long ttlMillis, long remainingMillis) {}

  /**
   * The service at another node.
   *
   * @param node the node's name
   * @param identity the node's identity
   * @param signal the signal of the service there
   * @param tier its tier there
   * @param cost the configured cost of reaching the node
   * @param usable whether a request can be handed to it now
   * @param why one sentence on why or why not
   */
  public record Site(
      String node,
      String identity,
      String signal,
      long tier,
      long cost,
      boolean usable,
      String why) {}
}
