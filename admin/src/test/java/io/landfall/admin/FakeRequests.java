package io.landfall.admin;

import io.landfall.admin.model.RequestHalf;
import io.landfall.admin.model.RequestReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Requests that a test makes up: of one service, for one watcher. */
final class FakeRequests implements RequestsBackend {
  /** A request that was forwarded, behind a backend that refused. */
  static final RequestReport REPORT =
      new RequestReport(
          "id-1",
          "fra",
          List.of(
              new RequestHalf(
                  Instant.parse("2026-11-23T12:00:00.123Z"),
                  "0af7651916cd43dd8448eb211c80319c",
                  new RequestHalf.Asked(
                      "192.0.2.7", Optional.empty(), "GET", "shop.example", "/a", "HTTP/1.1"),
                  new RequestHalf.Outcome(
                      Optional.of("shop"), "forward", "REMOTE_UP", "nyc", false, Optional.empty()),
                  new RequestHalf.Answer(200, 5, 0, 1_500, OptionalLong.of(1_400)),
                  List.of(
                      new RequestHalf.Attempt(
                          "10.0.0.7:8080",
                          "backend",
                          0,
                          Optional.of(
                              new RequestHalf.Failure("REFUSED", "the connection was refused")),
                          new RequestHalf.During(20, OptionalLong.empty(), 90)),
                      new RequestHalf.Attempt(
                          "nyc",
                          "node",
                          200,
                          Optional.empty(),
                          new RequestHalf.During(100, OptionalLong.of(1_300), 1_490))))),
          List.of(new RequestReport.Elsewhere("nyc", List.of(), Optional.of("it is late"))));

  final List<RequestFilter> asked = new ArrayList<>();
  boolean full;

  @Override
  public Optional<String> unknown(String service) {
    return service.equals("shop") ? Optional.empty() : Optional.of("there is no service");
  }

  @Override
  public QueryResult<RequestReport> explain(String id) {
    return switch (id) {
      case "a b" -> new QueryResult.Wrong<>("that is no id");
      case "id-1" -> new QueryResult.Found<>(REPORT);
      default -> new QueryResult.Missing<>("not known");
    };
  }

  @Override
  public Optional<MonitorWatch> watch(RequestFilter filter) {
    asked.add(filter);
    if (full) {
      return Optional.empty();
    }
    MonitorWatch watch = new MonitorWatch(MonitorFilter.ALL, () -> {});
    watch.offerLine("{\"status\":502}\n");
    watch.offerLine("{\"status\":503}\n");
    return Optional.of(watch);
  }
}
