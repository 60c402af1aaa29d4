package io.landfall.edge.exchange;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of one request's attempts is counted: for its service's {@link RepeatBudget}, and of each
 * place.
 */
final class RepeatTurn {
  private final Exchanges all;
  private final RequestLog log;

  /** What bounds repeats, while an attempt is in progress that counts for it. */
  private @Nullable RepeatBudget counted;

  private boolean countedAsRepeat;

  RepeatTurn(Exchanges all, RequestLog log) {
    this.all = all;
    this.log = log;
  }

  /** An attempt begins. */
  void begun(Attempt attempt, boolean repeat) {
    log.attemptBegun(attempt);
    budget()
        .ifPresent(
            budget -> {
              budget.begin(repeat);
              counted = budget;
              countedAsRepeat = repeat;
            });
  }

  /** The attempt under way failed. */
  void failed(AttemptFailure failure) {
    all.runtime().counters().failures.increment();
    log.attemptFailed(failure);
  }

  /** The attempt that began last is over, if it is not yet. */
  void ended() {
    log.attemptOver();
    RepeatBudget budget = counted;
    if (budget != null) {
      counted = null;
      budget.end(countedAsRepeat);
    }
  }

  /** Whether there may be one more repeat; if not, that is counted. */
  boolean allows() {
    boolean allowed = budget().map(RepeatBudget::allows).orElse(true);
    if (!allowed) {
      all.runtime().counters().refusedRepeats.increment();
    }
    return allowed;
  }

  private Optional<RepeatBudget> budget() {
    return log.service.map(all::budget);
  }
}
