package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What would happen to a request, and why, as {@code explain} has it.
 *
 * @param host the host asked about
 * @param path the path asked about
 * @param service the service that answers for it; empty when none does
 * @param decision what would happen, and why
 * @param rules what rules of the service come before that, a sentence each
 * @param cache what the cache here has for a plain GET of it; empty when the service has none here,
 *     or to a caller that may not know
 * @param candidates this node and the others that may answer, in the order in which they would be
 *     asked
 */
public record ExplainView(
    String host,
    String path,
    Optional<String> service,
    @Inline Outcome decision,
    List<String> rules,
    Optional<Cached> cache,
    List<Step> candidates) {
  /** Copies the list. */
  public ExplainView {
    rules = List.copyOf(rules);
    candidates = List.copyOf(candidates);
  }

  /**
   * What would happen.
   *
   * @param outcome {@code serve}, {@code forward} or {@code decline}
   * @param reason the reason's code, such as {@code LOCAL_UP}
   * @param why the reason as a sentence
   */
  public record Outcome(String outcome, String reason, String why) {}

  /**
   * What the cache has.
   *
   * @param holds {@code fresh}, {@code stale} or {@code nothing}
   * @param ttlSeconds for how long it is fresh yet; negative: for how long it has been stale; empty
   *     when there is nothing
   * @param cold why the cache is cold, so that misses are asked of a warm site; empty when it is
   *     not
   */
  public record Cached(String holds, OptionalLong ttlSeconds, Optional<String> cold) {}

  /**
   * One node that may answer.
   *
   * @param node its name
   * @param usable whether it can be asked now
   * @param why one sentence on why or why not
   */
  public record Step(String node, boolean usable, String why) {}
}
