package io.landfall.edge.cache;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;

/** The answer to only-if-cached when nothing is stored: 504 (RFC 9111 section 5.2.1.7). */
final class NotCached extends LocalAttempt {
  private final Exchange exchange;

  NotCached(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void start() {
    exchange.failed(this, new AttemptFailure(FailureKind.NOT_CACHED, true));
  }
}
