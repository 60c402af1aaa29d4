package io.landfall.admin.metrics;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Requests by service, by node that they were forwarded to and by backend.
 *
 * @param services services with requests; the empty name is that of requests that no service
 *     answers for
 * @param nodes nodes that were asked
 * @param backends backends that are configured
 */
public record Traffic(List<OfService> services, List<OfNode> nodes, List<OfBackend> backends) {
  /** No request and no backend. */
  public static final Traffic NONE = new Traffic(List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Traffic {
    services = List.copyOf(services);
    nodes = List.copyOf(nodes);
    backends = List.copyOf(backends);
  }

  /**
   * Requests of one service.
   *
   * @param service its name
   * @param outcomes the outcomes that there were
   * @param firstByte from the request's head to the head of its response, of clients, without
   *     tunnels
   * @param bytes bytes of bodies, of requests that are over
   * @param inProgress requests in progress now
   */
  public record OfService(
      String service,
      List<OfOutcome> outcomes,
      DurationHistogram firstByte,
      Bytes bytes,
      long inProgress) {
    /** Copies the list. */
    public OfService {
      outcomes = List.copyOf(outcomes);
    }
  }

  /**
   * Bytes of bodies.
   *
   * @param received of requests
   * @param sent of responses
   */
  public record Bytes(long received, long sent) {}

  /**
   * Requests of one service with one outcome.
   *
   * @param outcome {@code serve}, {@code forward} or {@code decline}
   * @param durations from the request's head to the end of its response, of clients, without
   *     tunnels
   * @param codes how many of clients there were by class of status, such as {@code 2xx}, or by how
   *     they were cut off
   * @param codesForNodes the same of those that another node had forwarded here
   */
  public record OfOutcome(
      String outcome,
      DurationHistogram durations,
      SortedMap<String, Long> codes,
      SortedMap<String, Long> codesForNodes) {
    /** Copies the maps. */
    public OfOutcome {
      codesForNodes = Collections.unmodifiableSortedMap(new TreeMap<>(codesForNodes));
      codes = Collections.unmodifiableSortedMap(new TreeMap<>(codes));
    }
  }

  /**
   * Attempts on one place.
   *
   * @param firstByte from the attempt's begin to the head of the response
   * @param results how many there were by result
   */
  public record Attempts(DurationHistogram firstByte, SortedMap<String, Long> results) {
    /** Copies the map. */
    public Attempts {
      results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
    }
  }

  /**
   * Requests forwarded to one node.
   *
   * @param node its name
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
  public record OfBackend(String service, String backend, boolean up, Attempts attempts) {}
}
