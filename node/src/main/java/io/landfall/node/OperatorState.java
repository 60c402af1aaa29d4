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
 */
record OperatorState(
    boolean drained, NavigableSet<ServiceName> draining, NavigableSet<ServiceName> withdrawn) {
  /** Nothing was asked for. */
  static final OperatorState NONE = new OperatorState(false, new TreeSet<>(), new TreeSet<>());

  private static final String NODE = "drain";
  private static final String DRAIN = "drain ";
  private static final String WITHDRAW = "withdraw ";

  /** Copies the sets. */
  OperatorState {
    draining = Collections.unmodifiableNavigableSet(new TreeSet<>(draining));
    withdrawn = Collections.unmodifiableNavigableSet(new TreeSet<>(withdrawn));
  }

  OperatorState drained(boolean is) {
    return new OperatorState(is, draining, withdrawn);
  }

  OperatorState draining(ServiceName service, boolean is) {
    return new OperatorState(drained, with(draining, service, is), withdrawn);
  }

  OperatorState withdrawn(ServiceName service, boolean is) {
    return new OperatorState(drained, draining, with(withdrawn, service, is));
  }

  private static NavigableSet<ServiceName> with(
      NavigableSet<ServiceName> set, ServiceName service, boolean is) {
    TreeSet<ServiceName> changed = new TreeSet<>(set);
    if (is) {
      changed.add(service);
    } else {
      changed.remove(service);
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
      } else if (line.startsWith(DRAIN)) {
        state = state.draining(new ServiceName(line.substring(DRAIN.length())), true);
      } else if (line.startsWith(WITHDRAW)) {
        state = state.withdrawn(new ServiceName(line.substring(WITHDRAW.length())), true);
      } else {
        throw new IllegalArgumentException(
            "'" + line + "' is neither drain, drain SERVICE nor withdraw SERVICE");
      }
    }
    return state;
  }
}
