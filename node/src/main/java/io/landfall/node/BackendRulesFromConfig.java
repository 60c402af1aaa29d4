package io.landfall.node;

import io.landfall.config.BackendRulesConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.BackendRules;
import io.landfall.edge.CircuitRules;
import io.landfall.edge.RequestMatch;
import io.landfall.edge.RetryBudgets;
import io.landfall.edge.StickyCookie;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What beside weights decides which backend gets a request, as the edge has it. */
final class BackendRulesFromConfig {
  private BackendRulesFromConfig() {}

  /** The rules of a service. */
  static BackendRules of(ServiceConfig service) {
    BackendRulesConfig rules = service.here().rules();
    List<RequestMatch> conditions =
        service.here().backends().stream()
            .flatMap(backend -> only(backend).stream())
            .distinct()
            .toList();
    return new BackendRules(
        rules.sticky().map(BackendRulesFromConfig::sticky),
        TimeUnit.MILLISECONDS.toNanos(rules.slowStartMillis()),
        rules.circuit().map(BackendRulesFromConfig::circuit),
        conditions);
  }

  private static StickyCookie sticky(BackendRulesConfig.Sticky sticky) {
    OptionalLong ttl = sticky.ttlMillis();
    return new StickyCookie(
        AsciiString.cached(sticky.cookie()),
        ttl.isPresent()
            ? OptionalLong.of(TimeUnit.MILLISECONDS.toSeconds(ttl.getAsLong()))
            : OptionalLong.empty());
  }

  private static CircuitRules circuit(BackendRulesConfig.Circuit circuit) {
    return new CircuitRules(
        circuit.failures(),
        TimeUnit.MILLISECONDS.toNanos(circuit.timeMillis()),
        circuit.maxOpenPercent(),
        circuit.statuses());
  }

  /** What a request must have for a backend; empty for nothing. */
  static Optional<RequestMatch> only(ServiceConfig.Backend backend) {
    return backend
        .only()
        .map(
            only ->
                new RequestMatch(
                    only.isCookie() ? RequestMatch.Part.COOKIE : RequestMatch.Part.FIELD,
                    AsciiString.cached(only.name()),
                    only.value().map(AsciiString::cached)));
  }

  /** How many attempts of each service may be repeats. */
  static RetryBudgets retries(List<ServiceConfig> services) {
    TreeMap<ServiceName, Integer> percents = new TreeMap<>();
    for (ServiceConfig service : services) {
      service.here().rules().retryPercent().ifPresent(some -> percents.put(service.name(), some));
    }
    return RetryBudgets.of(percents);
  }
}
