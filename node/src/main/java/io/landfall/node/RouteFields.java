package io.landfall.node;

import io.landfall.admin.Fields;
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
import java.util.function.ToDoubleFunction;

/**
 * Routes as JSON objects: the members that {@code show routes} has always had, and after them what
 * {@code all} adds. On the control thread only, which owns the names.
 */
final class RouteFields {
  private static final int COMMUNITY_SHIFT = 16;
  private static final int COMMUNITY_MASK = 0xffff;

  private final Function<HostAddress, String> nameOf;
  private final ToDoubleFunction<Long> secondsSince;

  /**
   * Made for one node.
   *
   * @param nameOf the name of a node or service of this identity; empty text when it has none here
   * @param secondsSince how long ago a monotonic moment was
   */
  RouteFields(Function<HostAddress, String> nameOf, ToDoubleFunction<Long> secondsSince) {
    this.nameOf = nameOf;
    this.secondsSince = secondsSince;
  }

  /** A route with these of its paths. */
  Fields route(RouteDetail route, List<RouteDetail.PathDetail> paths, boolean all) {
    List<Fields> rows = new ArrayList<>(paths.size());
    for (RouteDetail.PathDetail path : paths) {
      Fields row = path(path.path());
      rows.add(all ? withAll(row, path) : row);
    }
    return new Fields()
        .put("address", route.host().toString())
        .put("kind", route.nodeIdentity() ? "node" : "service")
        .put("name", nameOf.apply(route.host()))
        .put("paths", rows);
  }

  private Fields path(RouteView.PathView path) {
    return new Fields()
        .put("nextHop", path.nextHop().toString())
        .put("from", from(path))
        .put("best", path.best())
        .put("tier", path.tier())
        .put("cost", path.cost())
        .put("ageSeconds", secondsSince.applyAsDouble(path.learnedAtNanos()))
        .put("signal", path.signal().name());
  }

  static String from(RouteView.PathView path) {
    return path.from().map(Object::toString).orElse("local");
  }

  private Fields withAll(Fields row, RouteDetail.PathDetail path) {
    return row.put("usable", path.path().usable())
        .put("node", nameOf.apply(path.path().nextHop()))
        .put("fromIdentity", path.fromIdentity().toString())
        .put("pathId", Integer.toUnsignedLong(path.path().pathId()))
        .put("originator", BgpIdentifier.text(path.originator()))
        .put("decidedBy", path.rank().step().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("why", path.rank().sentence())
        .put("attributes", attributes(path.attributes()));
  }

  /** A route for {@code monitor}: which paths there are, and which is the best. */
  Fields summary(RouteView route) {
    List<Fields> paths = new ArrayList<>(route.paths().size());
    for (RouteView.PathView path : route.paths()) {
      paths.add(
          new Fields()
              .put("nextHop", path.nextHop().toString())
              .put("node", nameOf.apply(path.nextHop()))
              .put("from", from(path))
              .put("best", path.best())
              .put("usable", path.usable())
              .put("signal", path.signal().name())
              .put("tier", path.tier())
              .put("cost", path.cost()));
    }
    return new Fields().put("paths", paths);
  }

  private static Optional<String> nextHop(PathAttributes attributes) {
    return attributes.nextHop().map(address -> Addresses.format(address.getAddress()));
  }

  private static Fields attributes(PathAttributes attributes) {
    return new Fields()
        .put("origin", attributes.origin().name())
        .put("asPath", asPath(attributes))
        .put("nextHop", nextHop(attributes))
        .put("med", attributes.med())
        .put("localPref", attributes.localPref())
        .put("originatorId", attributes.originatorId().map(BgpIdentifier::text))
        .put("clusterList", attributes.clusterList().stream().map(BgpIdentifier::text).toList())
        .put("communities", communities(attributes))
        .put(
            "largeCommunities",
            attributes.largeCommunities().stream().map(LargeCommunity::toString).toList())
        .put("onlyToCustomer", attributes.onlyToCustomer());
  }

  private static List<Long> asPath(PathAttributes attributes) {
    return attributes.asPath().stream().map(Asn::number).toList();
  }

  private static List<String> communities(PathAttributes attributes) {
    return attributes.communities().stream()
        .map(each -> (each >>> COMMUNITY_SHIFT) + ":" + (each & COMMUNITY_MASK))
        .toList();
  }

  /** The {@code bgp} object of birdwatcher: numbers as text, communities as lists of numbers. */
  static Fields birdwatcher(PathAttributes attributes, List<List<Long>> moreLargeCommunities) {
    List<List<Long>> large = new ArrayList<>();
    for (LargeCommunity each : attributes.largeCommunities()) {
      large.add(
          List.of(
              Integer.toUnsignedLong(each.globalAdministrator()),
              Integer.toUnsignedLong(each.localData1()),
              Integer.toUnsignedLong(each.localData2())));
    }
    large.addAll(moreLargeCommunities);
    List<List<Long>> communities = new ArrayList<>();
    for (int each : attributes.communities()) {
      communities.add(List.of((long) (each >>> COMMUNITY_SHIFT), (long) (each & COMMUNITY_MASK)));
    }
    Fields bgp =
        new Fields()
            .put("origin", attributes.origin().name())
            .put("as_path", asPath(attributes).stream().map(Object::toString).toList())
            .put("next_hop", nextHop(attributes).orElse(""))
            .put("local_pref", text(attributes.localPref()))
            .put("med", text(attributes.med()))
            .put("communities", communities)
            .put("large_communities", large)
            .put("ext_communities", List.of());
    attributes.originatorId().ifPresent(id -> bgp.put("originator_id", BgpIdentifier.text(id)));
    if (!attributes.clusterList().isEmpty()) {
      bgp.put(
          "cluster_list",
          String.join(" ", attributes.clusterList().stream().map(BgpIdentifier::text).toList()));
    }
    return bgp;
  }

  private static String text(java.util.OptionalLong number) {
    return Long.toString(number.orElse(0));
  }
}
