package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the edge has counted of requests since it started, by service, by node that it forwards to
 * and by backend. Read at a scrape; not all of one moment.
 *
 * @param services services with at least one request, first the requests that no service answers
 *     for
 * @param nodes nodes that were asked at least once
 * @param backends backends that are configured now
 */
public record TrafficStats(List<OfService> services, List<OfNode> nodes, List<OfBackend> backends) {
  /** The name that nodes are counted under once there are too many of them. */
  public static final String OTHER = "other";

  /** Copies the lists. */
  public TrafficStats {
    services = List.copyOf(services);
    nodes = List.copyOf(nodes);
    backends = List.copyOf(backends);
  }

  /**
   * A histogram of durations.
   *
   * @param upperBoundsMicros the inclusive upper bound of each bucket but the last, which has none
   * @param counts how many fell into each bucket alone; one more than bounds
   * @param sumMicros all durations together
   * @param nativeCounts how many fell into each bucket of a native histogram of {@link
   *     #NATIVE_SCHEMA}, of those with any
   */
  public record Durations(
      List<Long> upperBoundsMicros,
      List<Long> counts,
      long sumMicros,
      SortedMap<Integer, Long> nativeCounts) {
    /** Of Prometheus: bucket {@code i} ends with {@code 2^(i/8)} seconds. */
    public static final int NATIVE_SCHEMA = 3;

    /** Copies the lists. */
    public Durations {
      nativeCounts = Collections.unmodifiableSortedMap(new TreeMap<>(nativeCounts));
      upperBoundsMicros = List.copyOf(upperBoundsMicros);
      counts = List.copyOf(counts);
    }

    /** How many durations there are. */
    public long count() {
      return counts.stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Requests of one service.
   *
   * @param service the service; empty for those that no service answers for
   * @param outcomes the outcomes that there were
   * @param reasons how many there were, by reason
   * @param firstByte from the request's head to the head of its response, of clients, without
   *     tunnels
   * @param bytes bytes of bodies, of requests that are over
   * @param inProgress requests in progress now, tunnels included
   */
  public record OfService(
      Optional<ServiceName> service,
      SortedMap<Reason.Outcome, OfOutcome> outcomes,
      SortedMap<Reason, Long> reasons,
      Durations firstByte,
      Bytes bytes,
      long inProgress) {
    /** Copies the maps. */
    public OfService {
      outcomes = Collections.unmodifiableSortedMap(new TreeMap<>(outcomes));
      reasons = Collections.unmodifiableSortedMap(new TreeMap<>(reasons));
    }
  }

  /**
   * Bytes of bodies.
   *
   * @param received bytes of the bodies of requests
   * @param sent bytes of the bodies of responses
   */
  public record Bytes(long received, long sent) {}

  /**
   * Requests of one service with one outcome.
   *
   * @param durations from the request's head to the end of its response, of clients, without
   *     tunnels
   * @param results how those of clients ended
   * @param resultsForNodes how those ended that another node had forwarded here
   */
  public record OfOutcome(
      Durations durations,
      SortedMap<ResultClass, Long> results,
      SortedMap<ResultClass, Long> resultsForNodes) {
    /** Copies the maps. */
    public OfOutcome {
      resultsForNodes = Collections.unmodifiableSortedMap(new TreeMap<>(resultsForNodes));
      results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
    }
  }

  /**
   * Attempts on one place.
   *
   * @param firstByte from the attempt's begin to the head of the response
   * @param results how they ended
   */
  public record Attempts(Durations firstByte, SortedMap<ResultClass, Long> results) {
    /** Copies the map. */
    public Attempts {
      results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
    }
  }

  /**
   * Requests forwarded to one node.
   *
   * @param node its name, or {@link #OTHER}
   * @param attempts what became of them
   */
  public record OfNode(String node, Attempts attempts) {}

  /**
   * Requests to one backend of one service.
   *
   * @param service the service
   * @param backend its address and port
   * @param up whether it works, as far as is known
   * @param attempts what became of them
   */
  public record OfBackend(ServiceName service, String backend, boolean up, Attempts attempts) {}
}
