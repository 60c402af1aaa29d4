package io.landfall.checks.differential;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What an UPDATE means, as the text that {@code scapy_bgp.py} prints for the same message. */
final class Meaning {
  private Meaning() {}

  static String of(UpdateMessage<TextPrefix> update) {
    return of(
        update.withdrawn(),
        update.announced(),
        update.attributes().map(Meaning::attributes).orElse(""));
  }

  private static String of(
      List<Nlri<TextPrefix>> withdrawn, List<Nlri<TextPrefix>> announced, String attributes) {
    return "UPDATE " + prefixes(withdrawn) + " | " + prefixes(announced) + " | " + attributes;
  }

  private static String prefixes(List<Nlri<TextPrefix>> list) {
    return list.stream().map(Meaning::route).collect(Collectors.joining(" "));
  }

  private static String route(Nlri<TextPrefix> nlri) {
    String id = nlri.pathId() == 0 ? "" : Integer.toUnsignedString(nlri.pathId()) + ":";
    return id + nlri.prefix().text();
  }

  private static String attributes(PathAttributes a) {
    List<String> words = new ArrayList<>();
    words.add(
        "origin "
            + switch (a.origin()) {
              case IGP -> 0;
              case EGP -> 1;
              case INCOMPLETE -> 2;
            });
    words.add(("as-path " + unsigned(a.asPath().stream().map(Asn::bits).toList())).strip());
    a.nextHop().ifPresent(hop -> words.add("next-hop " + text(hop)));
    a.med().ifPresent(med -> words.add("med " + med));
    a.localPref().ifPresent(preference -> words.add("local-pref " + preference));
    if (!a.communities().standard().isEmpty()) {
      words.add("communities " + unsigned(a.communities().standard()));
    }
    a.reflection().originatorId().ifPresent(id -> words.add("originator " + dotted(id)));
    if (!a.reflection().clusterList().isEmpty()) {
      words.add("clusters " + unsigned(a.reflection().clusterList()));
    }
    if (!a.communities().large().isEmpty()) {
      words.add("large " + large(a.communities().large()));
    }
    // MP_REACH_NLRI has number 14 and NEXT_HOP number 3: in the text they are one.
    return String.join(", ", words);
  }

  private static String large(List<LargeCommunity> communities) {
    List<Integer> numbers = new ArrayList<>();
    for (LargeCommunity community : communities) {
      numbers.add(community.globalAdministrator());
      numbers.add(community.localData1());
      numbers.add(community.localData2());
    }
    return unsigned(numbers);
  }

  private static String unsigned(List<Integer> numbers) {
    return numbers.stream().map(Integer::toUnsignedString).collect(Collectors.joining(" "));
  }

  private static String text(InetAddress address) {
    return Addresses.format(address.getAddress());
  }

  static String dotted(int identifier) {
    return Addresses.format(ByteBuffer.allocate(4).putInt(identifier).array());
  }
}
