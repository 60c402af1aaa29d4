package io.landfall.edge.cache;

import io.landfall.decision.Decision;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.CacheTurn;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * PURGE of a URL of a cached service, by a client: the node answers it, and no backend sees it. Who
 * may is asked of the node, with the address that the connection comes from. One that another node
 * forwarded is none: that node would have answered it if it cached the service.
 */
final class PurgeTurn implements CacheTurn {
  private static final AsciiString PURGE = AsciiString.cached("PURGE");
  private static final AsciiString SOFT = AsciiString.cached("fastly-soft-purge");
  private static final AsciiString ON = AsciiString.cached("1");
  private static final AsciiString NOTHING = AsciiString.cached("0");

  /** What clients may ask where none may purge (RFC 9110 section 15.5.6). */
  private static final AsciiString ALLOWED =
      AsciiString.cached("GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS");

  private final Arrived arrived;
  private boolean answered;

  PurgeTurn(Arrived arrived) {
    this.arrived = arrived;
  }

  static boolean isOne(Arrived request) {
    return request.peer().isEmpty() && request.request().method().name().equals(PURGE);
  }

  @Override
  public Cached holds() {
    return Cached.NONE;
  }

  @Override
  public @Nullable Attempt next(Decision decision, Exchange exchange) {
    if (answered) {
      return null;
    }
    answered = true;
    return new Answer(exchange);
  }

  @Override
  public boolean passed(ResponseHead head, boolean fromNode, FieldLines out) {
    return false;
  }

  @Override
  public void passedData(ByteBuf piece) {}

  @Override
  public void passedEnd() {}

  @Override
  public void failing(FieldLines out) {}

  @Override
  public void over() {}

  /** As other caches are asked for it; anything else leaves nothing of the URL. */
  private boolean isSoft() {
    AsciiString value = arrived.request().fields().first(SOFT);
    return value != null && value.equals(ON);
  }

  private String url() {
    RequestHead asked = arrived.asReached();
    return asked.scheme() + "://" + asked.authority() + asked.target();
  }

  /** The answer, as one more place that the request is tried on. */
  private final class Answer extends LocalAttempt {
    private final Exchange exchange;

    Answer(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void start() {
      exchange.ready(this);
      var _ =
          arrived
              .loop()
              .runtime()
              .ports()
              .purge(arrived.downstream().remote(), url(), isSoft())
              .whenComplete(
                  (outcome, failure) ->
                      Watchers.runOn(
                          arrived.loop(),
                          () -> answer(outcome == null ? PurgeOutcome.FAILED : outcome)));
    }

    private void answer(PurgeOutcome outcome) {
      switch (outcome) {
        case WRONG -> fail(FailureKind.NOT_A_PURGE);
        case FAILED -> fail(FailureKind.NOT_PURGED);
        case APPLIED, PARTLY, REFUSED, NOT_TAKEN -> head(outcome);
      }
    }

    /** With a body that gives the reason, as other failures have. */
    private void fail(FailureKind kind) {
      exchange.failed(this, new AttemptFailure(kind, false));
    }

    private void head(PurgeOutcome outcome) {
      FieldLines fields = new FieldLines(2);
      fields.add(FieldNames.CONTENT_LENGTH, NOTHING);
      if (outcome == PurgeOutcome.NOT_TAKEN) {
        fields.add(FieldNames.ALLOW, ALLOWED);
      }
      exchange.head(
          this, new ResponseHead(outcome.status(), fields, Framing.length(0), true, true));
      exchange.end(this);
    }
  }
}
