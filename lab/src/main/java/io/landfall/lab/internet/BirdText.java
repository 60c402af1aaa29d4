package io.landfall.lab.internet;

import io.landfall.lab.LabPlan;
import java.util.stream.Collectors;

/**
 * The bird.conf of a site's upstream router, as a person at an Internet provider would write it,
 * with one exception: nothing is filtered by prefix. A good provider would accept from a customer
 * what is the customer's and refuse the rest. Here a node that announced anything but the anycast
 * prefix would be seen in every table of this Internet, which is the point.
 */
final class BirdText {
  private final InternetPlan plan;

  BirdText(InternetPlan plan) {
    this.plan = plan;
  }

  /** The name of the protocol towards the site's node. */
  static final String SITE = "site";

  /** The name of the protocol towards another router. */
  static String towards(LabPlan.Site far) {
    return "to_" + far.name().replace('-', '_');
  }

  /** The file's text; the key is the one that the node has too. */
  String of(LabPlan.Site site, String md5Key) {
    return """
    # Written by landfall lab --internet: the upstream router of the site %s.
    router id %s;
    log stderr { info, remote, warning, error, auth, fatal, bug };

    protocol device {}
    protocol direct { ipv4; interface "site", "client"; }
    protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }

    # RFC 8326: who says GRACEFUL_SHUTDOWN is the last choice from now on.
    filter from_site {
      if (65535, 0) ~ bgp_community then bgp_local_pref = 0;
      accept;
    }

    protocol bgp %s {
      local %s as %d;
      neighbor %s as %d;
      local role provider;
      password "%s";
      ttl security on;
      passive on;
      error wait time 1, 2;
      ipv4 { import filter from_site; export none; };
    }
    """
            .formatted(
                site.name(),
                InternetPlan.router(site),
                SITE,
                InternetPlan.router(site),
                site.routerAsn(),
                InternetPlan.node(site),
                LabPlan.EDGE_ASN,
                md5Key)
        + plan.transits(site).stream()
            .map(transit -> transit(transit, site))
            .collect(Collectors.joining());
  }

  private static String transit(InternetPlan.Transit transit, LabPlan.Site near) {
    LabPlan.Site far = transit.far(near);
    return """

    protocol bgp %s {
      local %s as %d;
      neighbor %s as %d;
      connect delay time 1;
      connect retry time 1;
      error wait time 1, 2;
      ipv4 {
        import all;
        export filter { %saccept; };
      };
    }
    """
        .formatted(
            towards(far),
            transit.address(near),
            near.routerAsn(),
            transit.address(far),
            far.routerAsn(),
            ("bgp_path.prepend(" + near.routerAsn() + "); ").repeat(transit.prepends()));
  }
}
