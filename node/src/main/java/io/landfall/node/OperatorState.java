package io.landfall.node;

import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What operators asked of this node, which holds until they ask otherwise. Bounded by the services
 * of the config, since a command names one of them.
 *
 * @param drained whether the node is drained
 * @param draining the services that are drained, by name
 * @param withdrawn the services that are withdrawn, by name
 * @param backends the backends that are drained, in order
 */
record OperatorState(
    boolean drained,
    NavigableSet<ServiceName> draining,
    NavigableSet<ServiceName> withdrawn,
    NavigableSet<Backend> backends) {
  /** The most backends that may be drained at a time, so that the file stays small. */
  static final int MAX_BACKENDS = 2_048;

  /** Nothing was asked for. */
  static final OperatorState NONE =
      new OperatorState(false, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

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

  /** Copies the sets. */
  OperatorState {
    draining = Collections.unmodifiableNavigableSet(new TreeSet<>(draining));
    withdrawn = Collections.unmodifiableNavigableSet(new TreeSet<>(withdrawn));
    backends = Collections.unmodifiableNavigableSet(new TreeSet<>(backends));
  }

  OperatorState drained(boolean is) {
    return new OperatorState(is, draining, withdrawn, backends);
  }

  OperatorState draining(ServiceName service, boolean is) {
    return new OperatorState(drained, with(draining, service, is), withdrawn, backends);
  }

  OperatorState withdrawn(ServiceName service, boolean is) {
    return new OperatorState(drained, draining, with(withdrawn, service, is), backends);
  }

  OperatorState draining(Backend backend, boolean is) {
    return new OperatorState(drained, draining, withdrawn, with(backends, backend, is));
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
      } else {
        throw new IllegalArgumentException(
            "'"
                + line
                + "' is none of drain, drain SERVICE, withdraw SERVICE and drain backend SERVICE"
                + " URL");
      }
    }
    return state;
  }

  private static Backend backend(String line) {
    String[] words = line.substring(DRAIN_BACKEND.length()).split(" ", -1);
    if (words.length != 2 || words[1].isEmpty()) {
      throw new IllegalArgumentException("'" + line + "' has no service and URL");
    }
    return new Backend(new ServiceName(words[0]), words[1]);
  }
}
