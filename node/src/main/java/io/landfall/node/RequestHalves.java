package io.landfall.node;

import io.landfall.admin.model.RequestHalf;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.edge.FinishedRequest;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Requests that are over as they are shown. */
final class RequestHalves {
  private RequestHalves() {}

  /** As {@code explain --request} has it. */
  static RequestHalf of(FinishedRequest request) {
    FinishedRequest.Asked asked = request.asked();
    FinishedRequest.Decided decided = request.decided();
    FinishedRequest.Answer answer = request.answer();
    FinishedRequest.Times times = request.times();
    return new RequestHalf(
        Instant.ofEpochMilli(times.endWallMillis()),
        request.ids().trace(),
        new RequestHalf.Asked(
            asked.by().address(),
            asked.by().from().map(NodeName::value),
            asked.method(),
            asked.host(),
            asked.target(),
            asked.by().protocol()),
        new RequestHalf.Outcome(
            decided.service().map(ServiceName::value),
            decided.reason().outcome().name().toLowerCase(Locale.ROOT),
            decided.reason().name(),
            decided.target(),
            asked.by().cache(),
            answer.cacheStatus()),
        new RequestHalf.Answer(
            answer.status(),
            answer.bytesSent(),
            answer.bytesReceived(),
            times.micros(),
            some(times.headMicros())),
        request.tried().stream().map(RequestHalves::attempt).toList());
  }

  private static RequestHalf.Attempt attempt(FinishedRequest.Tried tried) {
    Optional<RequestHalf.Failure> failure =
        tried.failure().map(how -> new RequestHalf.Failure(how.kind(), how.why()));
    return new RequestHalf.Attempt(
        tried.place(),
        tried.isNode() ? "node" : "backend",
        tried.status(),
        failure,
        new RequestHalf.During(
            tried.during().beganMicros(),
            some(tried.during().answeredMicros()),
            tried.during().endedMicros()));
  }

  private static OptionalLong some(long micros) {
    return micros < 0 ? OptionalLong.empty() : OptionalLong.of(micros);
  }
}
