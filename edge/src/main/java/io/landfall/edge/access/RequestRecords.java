package io.landfall.edge.access;

import io.landfall.edge.RequestSpans;
import java.util.Optional;

/**
 * Where what is recorded of single requests goes; both stay their owner's.
 *
 * @param log the access log; empty for none
 * @param spans what sends spans of sampled requests; empty for no tracing
 */
public record RequestRecords(Optional<AccessLog> log, Optional<RequestSpans> spans) {
  /** Nowhere. */
  public static final RequestRecords NONE = new RequestRecords(Optional.empty(), Optional.empty());

  /** Whether requests need ids, by which they are found again. */
  public boolean areKept() {
    return log.isPresent() || spans.isPresent();
  }
}
