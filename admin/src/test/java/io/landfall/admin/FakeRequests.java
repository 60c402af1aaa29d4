package io.landfall.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests that a test makes up: of one service, for one watcher. */
final class FakeRequests implements RequestsBackend {
  final List<RequestFilter> asked = new ArrayList<>();
  boolean full;

  @Override
  public Optional<String> unknown(String service) {
    return service.equals("shop") ? Optional.empty() : Optional.of("there is no service");
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
