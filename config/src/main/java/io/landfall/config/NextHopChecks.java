package io.landfall.config;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** What can be announced where: a session has a next hop of its own address family only. */
final class NextHopChecks {
  private static final String FIX =
      "add a router of that family, or 'next-hop' with an address of it to a router here";

  private NextHopChecks() {}

  /** Every prefix goes to some router, and to every router goes some prefix. */
  static void check(Section at, List<PrefixConfig> prefixes, List<UpstreamConfig> upstreams) {
    if (prefixes.isEmpty() || upstreams.isEmpty() || !at.problems().isEmpty()) {
      // What is wrong itself is missing in the lists.
      return;
    }
    for (PrefixConfig prefix : prefixes) {
      if (upstreams.stream().noneMatch(upstream -> carries(upstream, prefix))) {
        at.problem("prefixes", prefix + " has a next hop at no upstream", FIX);
      }
    }
    for (UpstreamConfig upstream : upstreams) {
      if (prefixes.stream().noneMatch(prefix -> carries(upstream, prefix))) {
        at.problem(
            "upstreams",
            upstream.tcp().address().getHostAddress()
                + " would be announced nothing: no prefix has a next hop there",
            "announce a prefix of its family, or give it a 'next-hop' of the prefixes' family");
      }
    }
  }

  private static boolean carries(UpstreamConfig upstream, PrefixConfig prefix) {
    int bytes = prefix.network().getAddress().length;
    return Stream.concat(upstream.nextHops().stream(), Stream.of(upstream.tcp().address()))
        .map(InetAddress::getAddress)
        .anyMatch(address -> address.length == bytes);
  }
}
