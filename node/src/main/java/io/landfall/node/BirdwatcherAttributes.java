package io.landfall.node;

import io.landfall.admin.json.JsonObject;
import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.overlay.BgpIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Path attributes as a looking glass has them. */
final class BirdwatcherAttributes {
  private static final int COMMUNITY_SHIFT = 16;
  private static final int COMMUNITY_MASK = 0xffff;

  private BirdwatcherAttributes() {}

  /** The {@code bgp} object of birdwatcher: numbers as text, communities as lists of numbers. */
  static JsonObject of(PathAttributes attributes, List<List<Long>> moreLargeCommunities) {
    List<List<Long>> large = new ArrayList<>();
    for (LargeCommunity each : attributes.communities().large()) {
      large.add(
          List.of(
              Integer.toUnsignedLong(each.globalAdministrator()),
              Integer.toUnsignedLong(each.localData1()),
              Integer.toUnsignedLong(each.localData2())));
    }
    large.addAll(moreLargeCommunities);
    List<List<Long>> communities = new ArrayList<>();
    for (int each : attributes.communities().standard()) {
      communities.add(List.of((long) (each >>> COMMUNITY_SHIFT), (long) (each & COMMUNITY_MASK)));
    }
    JsonObject bgp =
        new JsonObject()
            .put("origin", attributes.origin().name())
            .put("as_path", attributes.asPath().stream().map(Asn::toString).toList())
            .put(
                "next_hop",
                attributes
                    .nextHop()
                    .map(address -> Addresses.format(address.getAddress()))
                    .orElse(""))
            .put("local_pref", text(attributes.localPref()))
            .put("med", text(attributes.med()))
            .put("communities", communities)
            .put("large_communities", large)
            .put("ext_communities", List.of());
    attributes
        .reflection()
        .originatorId()
        .ifPresent(id -> bgp.put("originator_id", BgpIdentifier.text(id)));
    if (!attributes.reflection().clusterList().isEmpty()) {
      bgp.put(
          "cluster_list",
          String.join(
              " ",
              attributes.reflection().clusterList().stream().map(BgpIdentifier::text).toList()));
    }
    return bgp;
  }

  private static String text(OptionalLong number) {
    return Long.toString(number.orElse(0));
  }
}
