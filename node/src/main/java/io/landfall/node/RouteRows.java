package io.landfall.node;

import io.landfall.admin.model.RouteRow;
import io.landfall.admin.model.RouteSummary;
import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.RouteDetail;
import io.landfall.overlay.RouteView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Routes as {@code show routes} and {@code monitor} have them; on the control thread only. */
final class RouteRows {
  private static final int COMMUNITY_SHIFT = 16;
  private static final int COMMUNITY_MASK = 0xffff;

  private final Function<HostAddress, String> nameOf;
  private final ControlTime time;

  /**
   * Made for one node.
   *
   * @param nameOf the name of a node or service of this identity; empty text when it has none here
   */
  RouteRows(Function<HostAddress, String> nameOf, ControlTime time) {
    this.nameOf = nameOf;
    this.time = time;
  }

  /**
   * A route with these of its paths.
   *
   * @param all whether everything known of each path is wanted
   */
  RouteRow row(RouteDetail route, List<RouteDetail.PathDetail> paths, boolean all) {
    List<RouteRow.Path> rows = new ArrayList<>(paths.size());
    for (RouteDetail.PathDetail path : paths) {
      rows.add(path(path.path(), all ? Optional.of(detail(path)) : Optional.empty()));
    }
    return new RouteRow(
        route.host().toString(),
        route.nodeIdentity() ? "node" : "service",
        nameOf.apply(route.host()),
        rows);
  }

  private RouteRow.Path path(RouteView.PathView path, Optional<RouteRow.Detail> detail) {
    return new RouteRow.Path(
        path.nextHop().toString(),
        from(path),
        path.best(),
        path.tier(),
        path.cost(),
        time.secondsSince(path.learned().atNanos()),
        path.signal().name(),
        detail);
  }

  static String from(RouteView.PathView path) {
    return path.learned().from().map(Object::toString).orElse("local");
  }

  private RouteRow.Detail detail(RouteDetail.PathDetail path) {
    return new RouteRow.Detail(
        path.path().usable(),
        nameOf.apply(path.path().nextHop()),
        path.fromIdentity().toString(),
        Integer.toUnsignedLong(path.path().learned().pathId()),
        BgpIdentifier.text(path.originator()),
        path.rank().step().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        path.rank().sentence(),
        attributes(path.attributes()));
  }

  /** A route for {@code monitor}: which paths there are, and which is the best. */
  RouteSummary summary(RouteView route) {
    List<RouteSummary.Path> paths = new ArrayList<>(route.paths().size());
    for (RouteView.PathView path : route.paths()) {
      paths.add(
          new RouteSummary.Path(
              path.nextHop().toString(),
              nameOf.apply(path.nextHop()),
              from(path),
              path.best(),
              path.usable(),
              path.signal().name(),
              path.tier(),
              path.cost()));
    }
    return new RouteSummary(paths);
  }

  private static RouteRow.Attributes attributes(PathAttributes attributes) {
    return new RouteRow.Attributes(
        attributes.origin().name(),
        attributes.asPath().stream().map(Asn::number).toList(),
        attributes.nextHop().map(address -> Addresses.format(address.getAddress())),
        new RouteRow.Preference(attributes.med(), attributes.localPref()),
        new RouteRow.Reflection(
            attributes.reflection().originatorId().map(BgpIdentifier::text),
            attributes.reflection().clusterList().stream().map(BgpIdentifier::text).toList()),
        attributes.communities().standard().stream()
            .map(each -> (each >>> COMMUNITY_SHIFT) + ":" + (each & COMMUNITY_MASK))
            .toList(),
        attributes.communities().large().stream().map(LargeCommunity::toString).toList(),
        attributes.onlyToCustomer());
  }
}
