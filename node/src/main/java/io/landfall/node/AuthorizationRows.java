package io.landfall.node;

import io.landfall.admin.metrics.MetricsSource.AuthorizationCount;
import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationView;
import io.landfall.edge.server.EdgeServer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What authorization services were asked, as metrics have it. */
final class AuthorizationRows {
  private AuthorizationRows() {}

  static List<AuthorizationCount> of(List<AuthorizationView> views) {
    return views.stream().map(AuthorizationRows::row).toList();
  }

  /** Why the authorization service of a service is taken for dead; empty if it is not. */
  static Optional<String> problem(ServiceName service, @Nullable EdgeServer edge) {
    return edge == null
        ? Optional.empty()
        : edge.authorizations().stream()
            .filter(view -> view.service().equals(service))
            .flatMap(view -> view.problem().stream())
            .findFirst();
  }

  private static AuthorizationCount row(AuthorizationView view) {
    TreeMap<String, Long> results = new TreeMap<>();
    view.results()
        .forEach((result, count) -> results.put(result.name().toLowerCase(Locale.ROOT), count));
    return new AuthorizationCount(view.service().value(), view.inFlight(), results);
  }
}
