package io.landfall.node;

import io.landfall.admin.metrics.MetricsSource.AuthorizationCount;
import io.landfall.edge.AuthorizationView;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** What authorization services were asked, as metrics have it. */
final class AuthorizationRows {
  private AuthorizationRows() {}

  static List<AuthorizationCount> of(List<AuthorizationView> views) {
    return views.stream().map(AuthorizationRows::row).toList();
  }

  private static AuthorizationCount row(AuthorizationView view) {
    TreeMap<String, Long> results = new TreeMap<>();
    view.results()
        .forEach((result, count) -> results.put(result.name().toLowerCase(Locale.ROOT), count));
    return new AuthorizationCount(view.service().value(), view.inFlight(), results);
  }
}
