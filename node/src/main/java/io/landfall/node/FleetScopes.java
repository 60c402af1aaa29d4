package io.landfall.node;

import io.landfall.admin.PurgeScope;
import io.landfall.cache.fleet.FleetPurge;
import io.landfall.core.ServiceName;
import java.util.Optional;

/** What a purge is about, in the giver's words: as an operator gives it, and as it travels. */
final class FleetScopes {
  private FleetScopes() {}

  /** A scope as it travels. */
  static FleetPurge of(PurgeScope scope, boolean soft) {
    FleetPurge.Kind kind =
        switch (scope) {
          case PurgeScope.Url _ -> FleetPurge.Kind.URL;
          case PurgeScope.Prefix _ -> FleetPurge.Kind.PREFIX;
          case PurgeScope.Host _ -> FleetPurge.Kind.HOST;
          case PurgeScope.Tag _ -> FleetPurge.Kind.TAG;
          case PurgeScope.Service _ -> FleetPurge.Kind.SERVICE;
        };
    return new FleetPurge(kind, scope.what(), soft);
  }

  /** The scope that travelled; empty if it is none at any node. */
  static Optional<PurgeScope> scope(FleetPurge purge) {
    String what = purge.what();
    return switch (purge.kind()) {
      case URL -> Optional.of(new PurgeScope.Url(what));
      case PREFIX -> Optional.of(new PurgeScope.Prefix(what));
      case HOST -> Optional.of(new PurgeScope.Host(what));
      case TAG -> Optional.of(new PurgeScope.Tag(what));
      case SERVICE -> {
        try {
          yield Optional.of(new PurgeScope.Service(new ServiceName(what)));
        } catch (IllegalArgumentException e) {
          // No service of any node has such a name.
          yield Optional.empty();
        }
      }
    };
  }
}
