package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.AuthorizationView.Result;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.http.FieldLines;
import io.netty.buffer.ByteBuf;

/**
 * A request that waits until the authorization service of its service has answered: a place that
 * takes nothing of the request, and hands it back when it may go on.
 */
final class AuthorizationAttempt implements Attempt {
  private static final int SUCCESS = 200;
  private static final int REDIRECTION = 300;
  private static final int NOT_MODIFIED = 304;
  private static final int SERVER_ERROR = 500;
  private static final long MILLI_NANOS = 1_000_000;
  private static final FieldLines NOTHING = new FieldLines(0);

  private final Exchange exchange;
  private final Arrived arrived;
  private final RequestLog log;
  private final ServiceName service;
  private final AuthorizationSettings settings;
  private final AuthorizationCounts counts;
  private final AuthorizationCall call;
  private long sinceNanos;
  private boolean entered;
  private boolean over;

  AuthorizationAttempt(
      Exchange exchange, Arrived arrived, ServiceName service, AuthorizationSettings settings) {
    this.exchange = exchange;
    this.arrived = arrived;
    this.log = exchange.log;
    this.service = service;
    this.settings = settings;
    this.counts = arrived.loop().runtime().authorizations(service);
    this.call = new AuthorizationCall(this, arrived, service, settings);
  }

  /** The service whose request waits. */
  ServiceName service() {
    return service;
  }

  @Override
  public void start() {
    entered = counts.enter(settings.maxConcurrent());
    sinceNanos = nowNanos();
    if (entered) {
      call.begin();
    } else {
      failed("as many requests wait for it as may");
    }
  }

  @Override
  public void tick(long nowNanos) {
    if (!over && nowNanos - sinceNanos > settings.timeoutMillis() * MILLI_NANOS) {
      call.cancel();
      failed("it did not answer in time");
    }
  }

  /** There is a whole answer. */
  void answered(int status, FieldLines fields, byte[] body) {
    boolean denies = status >= REDIRECTION && status < SERVER_ERROR && status != NOT_MODIFIED;
    if (over) {
      return;
    }
    if (status >= SUCCESS && status < REDIRECTION) {
      leave();
      counts.answered(Result.ALLOWED);
      goOn(fields);
    } else if (denies) {
      leave();
      counts.answered(Result.DENIED);
      log.reason = Reason.AUTHORIZATION_DENIED;
      exchange.answered(this, AuthorizationAnswer.of(status, fields, body, arrived));
    } else {
      failed("it answered " + status);
    }
  }

  /** There is no answer that counts. */
  void failed(String why) {
    if (over) {
      return;
    }
    leave();
    boolean goesOn = settings.allowsOnFailure();
    counts.failed(goesOn ? Result.FAILED_OPEN : Result.FAILED, why, nowNanos());
    if (goesOn) {
      goOn(NOTHING);
    } else {
      exchange.answered(this, RuleAnswers.declined(Reason.AUTHORIZATION_FAILED, arrived, log));
    }
  }

  private void goOn(FieldLines answer) {
    FieldLines granted = new FieldLines(settings.responseFields().size());
    for (int i = 0; i < answer.size(); i++) {
      if (settings.responseFields().contains(answer.name(i))) {
        granted.add(answer.name(i), answer.value(i));
      }
    }
    arrived.authorized(settings, granted);
    // What comes of it from now on is not the authorization service's doing.
    log.target = "";
    exchange.released(this);
  }

  private void leave() {
    over = true;
    if (entered) {
      entered = false;
      counts.leave();
    }
  }

  private long nowNanos() {
    return arrived.loop().runtime().clock().monotonicNanos();
  }

  @Override
  public void cancel() {
    if (!over) {
      leave();
      call.cancel();
    }
  }

  @Override
  public Object place() {
    return this;
  }

  @Override
  public String name() {
    return "authorization";
  }

  @Override
  public String nextHop() {
    return "";
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean triesNoPlace() {
    return true;
  }

  @Override
  public boolean hasOwnLimit() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    return true;
  }

  @Override
  public void body(ByteBuf data) {
    data.release();
  }

  @Override
  public void end() {
    // It is never ready, so nothing of the request comes here.
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public void flush() {
    // Nothing of the request was sent.
  }

  @Override
  public void resume() {
    // There is no response for the client yet.
  }

  @Override
  public void timedOut() {
    // It has a limit of its own.
  }
}
