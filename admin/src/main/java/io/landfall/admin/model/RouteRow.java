package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One host of the overlay table, as {@code show routes} has it.
 *
 * @param address the destination
 * @param kind whether it is the identity of a {@code node} or of a {@code service}
 * @param name the node's or service's name; empty text when this node has no name for it
 * @param paths the paths to it, best first
 */
public record RouteRow(String address, String kind, String name, List<Path> paths) {
  /** Copies the list. */
  public RouteRow {
    paths = List.copyOf(paths);
  }

  /**
   * One path.
   *
   * @param nextHop the identity of the node it leads to
   * @param from the name of the peer that advertises it, or {@code local}
   * @param best whether it is the best path
   * @param tier the service's tier there
   * @param cost the configured cost of reaching the next hop
   * @param ageSeconds how long it has been as it is
   * @param signal the service's signal there: {@code UP}, {@code DRAINING} ...
   * @param detail all else of it, where the question asks for all
   */
  public record Path(
      String nextHop,
      String from,
      boolean best,
      long tier,
      long cost,
      double ageSeconds,
      String signal,
      @Inline Optional<Detail> detail) {}

  /**
   * What {@code all} adds to a path.
   *
   * @param usable whether requests may go there
   * @param node the name of the next hop; empty text when it has none here
   * @param fromIdentity the identity of the peer that advertises it
   * @param pathId its identifier (RFC 7911); 0 without one
   * @param originator the BGP identifier of the originator
   * @param decidedBy the step of the decision process that placed it
   * @param why the same in a sentence
   * @param attributes its path attributes
   */
  public record Detail(
      boolean usable,
      String node,
      String fromIdentity,
      long pathId,
      String originator,
      String decidedBy,
      String why,
      Attributes attributes) {}

  /**
   * Path attributes.
   *
   * @param origin ORIGIN
   * @param asPath AS_PATH
   * @param nextHop NEXT_HOP
   * @param preference what ranks it
   * @param reflection what reflectors add
   * @param communities standard ones, such as {@code 65535:0}
   * @param largeCommunities large ones, such as {@code 64512:1:2}
   * @param onlyToCustomer OTC (RFC 9234)
   */
  public record Attributes(
      String origin,
      List<Long> asPath,
      Optional<String> nextHop,
      @Inline Preference preference,
      @Inline Reflection reflection,
      List<String> communities,
      List<String> largeCommunities,
      OptionalLong onlyToCustomer) {
    /** Copies the lists. */
    public Attributes {
      asPath = List.copyOf(asPath);
      communities = List.copyOf(communities);
      largeCommunities = List.copyOf(largeCommunities);
    }
  }

  /**
   * What ranks a path.
   *
   * @param med MULTI_EXIT_DISC
   * @param localPref LOCAL_PREF
   */
  public record Preference(OptionalLong med, OptionalLong localPref) {}

  /**
   * What reflectors add (RFC 4456).
   *
   * @param originatorId ORIGINATOR_ID
   * @param clusterList CLUSTER_LIST
   */
  public record Reflection(Optional<String> originatorId, List<String> clusterList) {
    /** Copies the list. */
    public Reflection {
      clusterList = List.copyOf(clusterList);
    }
  }
}
