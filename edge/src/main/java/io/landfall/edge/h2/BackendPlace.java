package io.landfall.edge.h2;

import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.RequestHead;

/**
 * A backend over HTTP/2, for one request.
 *
 * @param exchange the request
 * @param service what it is for
 * @param pool the connections of the event loop to the backend
 * @param again whether the request was there already, on a connection that ended
 */
record BackendPlace(Exchange exchange, ServiceName service, BackendPool pool, boolean again)
    implements H2Place {
  @Override
  public Object place() {
    return pool.place();
  }

  @Override
  public String name() {
    return pool.name();
  }

  @Override
  public String nextHop() {
    return service.value();
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    RequestHead request = exchange.request();
    return snapshot.isStillThere(service, pool.place(), request.host(), request.routingTarget());
  }

  /** Extended CONNECT (RFC 8441) to a backend is not offered. */
  @Override
  public void start(H2Attempt attempt) {
    if (exchange.upgrade() != null) {
      attempt.failed(new AttemptFailure(FailureKind.UPGRADE_FAILED, true));
    } else {
      pool.start(attempt, service);
    }
  }

  @Override
  public void forget(H2Attempt attempt) {
    pool.forget(attempt);
  }

  /** Nothing may come on such a connection ever again, so new requests get another. */
  @Override
  public void timedOut(H2Attempt attempt) {
    attempt.doubtConnection();
    pool.report(service, OriginFailure.RESPONSE_TIMEOUT);
  }

  /**
   * A connection may end while a request is on its way, as a pooled one of HTTP/1.1 may: then the
   * request has another, once. So has one that the backend has certainly not looked at, since the
   * connection was to carry no further requests (RFC 9113 section 6.8).
   */
  @Override
  public AttemptFailure judge(AttemptFailure failure, StreamEnd end, boolean used) {
    if (end == StreamEnd.UNTOUCHED) {
      return again ? failure : new AttemptFailure(FailureKind.STALE_CONNECTION, true);
    }
    AttemptFailure judged = failure;
    if (failure.kind() == FailureKind.STALE_CONNECTION && (again || !used)) {
      judged = new AttemptFailure(FailureKind.CLOSED, failure.untouched());
    }
    boolean withConnection = end == StreamEnd.WITH_CONNECTION;
    switch (judged.kind()) {
      case STALE_CONNECTION -> pool.report(service, OriginFailure.IDLE_CLOSED);
      case BAD_RESPONSE -> pool.report(service, OriginFailure.BAD_RESPONSE);
      case CLOSED -> {
        if (withConnection) {
          pool.report(service, OriginFailure.CLOSED_BEFORE_HEAD);
        }
      }
      case INCOMPLETE -> {
        if (withConnection) {
          pool.report(service, OriginFailure.CLOSED_IN_RESPONSE);
        }
      }
      default -> {} // A reset is an answer to one request.
    }
    return judged;
  }
}
