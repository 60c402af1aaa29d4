package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.access.RecordBytes;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.TcpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that is over as bytes and back: one writes what the other reads, in one order. */
@SuppressWarnings("EnumOrdinal") // Of bytes in memory, which this program itself reads again.
final class RequestForm {
  /** So much is kept of a target, in characters. */
  static final int MOST_TARGET = 1_024;

  /** So much of other texts that clients and backends choose. */
  static final int MOST_TEXT = 256;

  /** So many attempts, the last ones. */
  static final int MOST_ATTEMPTS = 16;

  private static final FailureKind[] FAILURES = FailureKind.values();
  private static final Reason[] REASONS = Reason.values();
  private static final int NO_FAILURE = -1;

  private RequestForm() {}

  /** Writes one that has an id. */
  static void write(
      RecordBytes to, RequestLog log, RequestTrace trace, long wallMillis, long micros) {
    RequestHead request = log.request();
    Arrived arrived = log.arrived();
    boolean tcp = TcpRequest.is(request);
    to.text(trace.id(), RequestTrace.MAX_ID).text(trace.traceId(), MOST_TEXT);
    to.number(trace.span()).number(trace.parentSpan());
    to.text(RequestJson.addressText(arrived.address()), MOST_TEXT);
    to.text(arrived.peer().map(NodeName::value).orElse(""), MOST_TEXT);
    to.text(tcp ? RequestJson.TCP : RequestJson.protocol(request.version()), MOST_TEXT);
    to.number(arrived.isFill() ? 1 : 0);
    to.text(tcp ? "" : request.method().name(), MOST_TEXT);
    to.text(tcp ? "" : arrived.asReached().scheme(), MOST_TEXT);
    to.text(request.host(), MOST_TEXT).text(tcp ? "" : request.target(), MOST_TARGET);
    to.text(log.service.isPresent() ? log.service.get().value() : "", MOST_TEXT);
    to.number(log.reason.ordinal()).text(log.target, MOST_TEXT);
    to.number(log.status).number(RequestJson.sentBytes(log)).number(log.receivedBytes);
    CharSequence cacheStatus = log.cacheStatus;
    to.text(cacheStatus == null ? "" : cacheStatus, MOST_TEXT);
    to.number(wallMillis).number(micros).number(log.headMicros);
    tried(to, log.tried(), micros);
  }

  private static void tried(RecordBytes to, @Nullable AttemptLog last, long micros) {
    int count = 0;
    for (AttemptLog each = last; each != null && count < MOST_ATTEMPTS; each = each.before) {
      count++;
    }
    to.number(count);
    AttemptLog each = last;
    for (int i = 0; i < count && each != null; i++) {
      FailureKind failure = each.failure;
      to.text(each.place, MOST_TEXT).number(each.isNode ? 1 : 0).number(each.status);
      to.number(failure == null ? NO_FAILURE : failure.ordinal());
      to.number(each.beganMicros).number(each.answeredMicros);
      to.number(each.endedMicros < 0 ? micros : each.endedMicros).number(each.span);
      each = each.before;
    }
  }

  /** Reads what {@link #write} wrote. */
  static FinishedRequest read(RecordBytes from) {
    FinishedRequest.Ids ids =
        new FinishedRequest.Ids(from.text(), from.text(), from.number(), from.number());
    FinishedRequest.By by =
        new FinishedRequest.By(
            from.text(), name(from.text()).map(NodeName::new), from.text(), from.number() == 1);
    FinishedRequest.Asked asked =
        new FinishedRequest.Asked(by, from.text(), from.text(), from.text(), from.text());
    FinishedRequest.Decided decided =
        new FinishedRequest.Decided(
            name(from.text()).map(ServiceName::new), REASONS[(int) from.number()], from.text());
    FinishedRequest.Answer answer =
        new FinishedRequest.Answer(
            (int) from.number(), from.number(), from.number(), name(from.text()));
    FinishedRequest.Times times =
        new FinishedRequest.Times(from.number(), from.number(), from.number());
    List<FinishedRequest.Tried> tried = new ArrayList<>();
    for (long left = from.number(); left > 0; left--) {
      // The last one was written first.
      tried.addFirst(tried(from));
    }
    return new FinishedRequest(ids, asked, decided, answer, times, tried);
  }

  private static FinishedRequest.Tried tried(RecordBytes from) {
    String place = from.text();
    boolean isNode = from.number() == 1;
    int status = (int) from.number();
    int failure = (int) from.number();
    return new FinishedRequest.Tried(
        place,
        isNode,
        status,
        failure == NO_FAILURE ? Optional.empty() : Optional.of(failure(FAILURES[failure])),
        new FinishedRequest.During(from.number(), from.number(), from.number()),
        from.number());
  }

  private static FinishedRequest.Failure failure(FailureKind kind) {
    return new FinishedRequest.Failure(kind.name(), kind.text());
  }

  private static Optional<String> name(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
