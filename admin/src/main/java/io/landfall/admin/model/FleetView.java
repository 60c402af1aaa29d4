package io.landfall.admin.model;

import java.util.List;
import java.util.Optional;

/**
 * What a console shows: one node where a node serves it, several where {@code landfall console}
 * does.
 *
 * @param nodes the nodes, in the order in which they were named
 */
public record FleetView(List<Member> nodes) {
  /** Copies the list. */
  public FleetView {
    nodes = List.copyOf(nodes);
  }

  /**
   * One node.
   *
   * @param name its name; where it never answered, the one that the operator gave
   * @param from where it is asked: a socket, an address, or {@code this node}
   * @param problem why it has not answered this time; empty when it has
   * @param ageSeconds how old the view is
   * @param view what it answered last; empty when it never has
   */
  public record Member(
      String name,
      String from,
      Optional<String> problem,
      double ageSeconds,
      Optional<ConsoleView> view) {}
}
