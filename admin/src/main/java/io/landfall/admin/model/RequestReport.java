package io.landfall.admin.model;

import java.util.List;
import java.util.Optional;

/**
 * What became of a request, as {@code explain --request} has it: joined of what this node saw and
 * what the nodes saw to which it was forwarded.
 *
 * @param id its X-Request-ID
 * @param node this node
 * @param here what this node saw, the newest first; more than one if the cache fetched for it, or
 *     one id was sent several times
 * @param elsewhere the nodes to which it was forwarded
 */
public record RequestReport(
    String id, String node, List<RequestHalf> here, List<Elsewhere> elsewhere) {
  /** Copies the lists. */
  public RequestReport {
    here = List.copyOf(here);
    elsewhere = List.copyOf(elsewhere);
  }

  /**
   * What another node saw of it.
   *
   * @param node its name
   * @param halves what it saw, the newest first
   * @param problem why that is not known; empty if it is
   */
  public record Elsewhere(String node, List<RequestHalf> halves, Optional<String> problem) {
    /** Copies the list. */
    public Elsewhere {
      halves = List.copyOf(halves);
    }
  }
}
