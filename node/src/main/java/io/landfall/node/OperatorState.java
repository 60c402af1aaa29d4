package io.landfall.node;

import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What operators asked of this node, which holds until they ask otherwise. Bounded by the services
 * of the config, since a command names one of them.
 *
 * @param drained whether the node is drained
 * @param draining the services that are drained, by name
 * @param withdrawn the services that are withdrawn, by name
 * @param backends the backends that are drained, in order
 * @param maintained the services that are held in maintenance, and how many seconds Retry-After has
 *     for each; 0 for as the config has it
 */
record OperatorState(
    boolean drained,
    NavigableSet<ServiceName> draining,
    NavigableSet<ServiceName> withdrawn,
    NavigableSet<Backend> backends,
    SortedMap<ServiceName, Long> maintained) {
  /** The most backends that may be drained at a time, so that the file stays small. */
  static final int MAX_BACKENDS = 2_048;

  /** Nothing was asked for. */
  static final OperatorState NONE =
      new OperatorState(false, new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeMap<>());

  /**
   * A backend of a service.
   *
   * @param url as the config has it
   */
  record Backend(ServiceName service, String url) implements Comparable<Backend> {
    @Override
    public int compareTo(Backend other) {
      int c = service.compareTo(other.service);
      return c != 0 ? c : url.compareTo(other.url);
    }

    @Override
    public String toString() {
      return service + " " + url;
    }
  }

  private static final String NODE = "drain";
  private static final String DRAIN = "drain ";
  private static final String DRAIN_BACKEND = "drain backend ";
  private static final String WITHDRAW = "withdraw ";
  private static final String MAINTENANCE = "maintenance ";
  private static final long MOST_RETRY_SECONDS = 86_400;

  /** Copies the sets. */
  OperatorState {
    draining = Collections.unmodifiableNavigableSet(new TreeSet<>(draining));
    withdrawn = Collections.unmodifiableNavigableSet(new TreeSet<>(withdrawn));
    backends = Collections.unmodifiableNavigableSet(new TreeSet<>(backends));
    maintained = Collections.unmodifiableSortedMap(new TreeMap<>(maintained));
  }

  OperatorState drained(boolean is) {
    return new OperatorState(is, draining, withdrawn, backends, maintained);
  }

  OperatorState draining(ServiceName service, boolean is) {
    return new OperatorState(drained, with(draining, service, is), withdrawn, backends, maintained);
  }

  OperatorState withdrawn(ServiceName service, boolean is) {
    return new OperatorState(drained, draining, with(withdrawn, service, is), backends, maintained);
  }

  OperatorState draining(Backend backend, boolean is) {
    return new OperatorState(drained, draining, withdrawn, with(backends, backend, is), maintained);
  }

  /** The same while a service is held in maintenance, or is no longer. */
  OperatorState maintained(ServiceName service, boolean is, long retryAfterSeconds) {
    TreeMap<ServiceName, Long> changed = new TreeMap<>(maintained);
    if (is) {
      changed.put(service, retryAfterSeconds);
    } else {
      changed.remove(service);
    }
    return new OperatorState(drained, draining, withdrawn, backends, changed);
  }

  private static <T> NavigableSet<T> with(NavigableSet<T> set, T element, boolean is) {
    TreeSet<T> changed = new TreeSet<>(set);
    if (is) {
      changed.add(element);
    } else {
      changed.remove(element);
    }
    return changed;
  }

  /** The commands that lead here, such as {@code drain} and {@code withdraw shop}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (drained) {
      lines.add(NODE);
    }
    draining.forEach(service -> lines.add(DRAIN + service));
    withdrawn.forEach(service -> lines.add(WITHDRAW + service));
    backends.forEach(backend -> lines.add(DRAIN_BACKEND + backend));
    maintained.forEach(
        (service, seconds) ->
            lines.add(MAINTENANCE + service + (seconds == 0 ? "" : " " + seconds + "s")));
    return lines;
  }

  /**
   * Reads {@link #lines}; empty lines and those that begin with # say nothing.
   *
   * @throws IllegalArgumentException naming the line that is none of them
   */
  static OperatorState parse(List<String> lines) {
    OperatorState state = NONE;
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.equals(NODE)) {
        state = state.drained(true);
      } else if (line.startsWith(DRAIN_BACKEND)) {
        state = state.draining(backend(line), true);
      } else if (line.startsWith(DRAIN)) {
        state = state.draining(new ServiceName(line.substring(DRAIN.length())), true);
      } else if (line.startsWith(WITHDRAW)) {
        state = state.withdrawn(new ServiceName(line.substring(WITHDRAW.length())), true);
      } else if (line.startsWith(MAINTENANCE)) {
        state = maintenance(state, line);
      } else {
        throw new IllegalArgumentException(
            "'"
                + line
                + "' is none of drain, drain SERVICE, withdraw SERVICE, drain backend SERVICE URL"
                + " and maintenance SERVICE [SECONDSs]");
      }
    }
    return state;
  }

  private static OperatorState maintenance(OperatorState state, String line) {
    String[] words = line.substring(MAINTENANCE.length()).split(" ", -1);
    if (words.length > 2 || (words.length == 2 && !words[1].matches("[1-9][0-9]{0,4}s"))) {
      throw new IllegalArgumentException("'" + line + "' has no service and time such as 120s");
    }
    long seconds =
        words.length == 1 ? 0 : Long.parseLong(words[1].substring(0, words[1].length() - 1));
    if (seconds > MOST_RETRY_SECONDS) {
      throw new IllegalArgumentException(
          "'" + line + "' has more than " + MOST_RETRY_SECONDS + "s");
    }
    return state.maintained(new ServiceName(words[0]), true, seconds);
  }

  private static Backend backend(String line) {
    String[] words = line.substring(DRAIN_BACKEND.length()).split(" ", -1);
    if (words.length != 2 || words[1].isEmpty()) {
      throw new IllegalArgumentException("'" + line + "' has no service and URL");
    }
    return new Backend(new ServiceName(words[0]), words[1]);
  }
}
