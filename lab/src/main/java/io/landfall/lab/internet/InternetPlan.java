package io.landfall.lab.internet;

import io.landfall.lab.LabPlan;
import io.landfall.lab.SiteAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The small Internet that a lab stands on: pure arithmetic over the list of sites.
 *
 * <p>Every site has a router of its own AS as its upstream, and behind that router are the clients
 * of its region. The routers are a ring. Each link of the ring is longer than the one before it,
 * which BGP sees as prepends, so that every region has one nearest site, one next nearest, and so
 * on, and anybody can say which beforehand: that is what the tour checks against.
 *
 * <p>Addresses (RFC 5737, RFC 2544): 198.51.100.1 is every site's anycast address. Of site n,
 * 203.0.113.(16n)/28 is the link between router and node, and the node's end of it is the overlay's
 * underlay; 192.0.2.(16n)/28 is where the clients are; 198.18.k.0/30 is the k-th link of the ring.
 *
 * @param lab sites and services
 * @param transits the links of the ring
 */
record InternetPlan(LabPlan lab, List<Transit> transits) {
  /** The anycast address on which every site answers. */
  static final String ANYCAST_ADDRESS = "198.51.100.1";

  private static final int SLICE = 16;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int OVERLAY_PORT = 8443;
  private static final int METRICS_PORT = 9100;
  private static final int BGP_PORT = 179;
  private static final int BACKEND_PORT = 9000;
  private static final int PREPEND_STEP = 2;
  private static final int FAR = 1_000_000;

  /** Copies the list. */
  InternetPlan {
    transits = List.copyOf(transits);
  }

  /** The plan for these sites, 1 to 9 of them. */
  static InternetPlan of(List<String> names) {
    LabPlan lab = LabPlan.of(names, InternetPlan::addresses);
    List<LabPlan.Site> sites = lab.sites();
    List<Transit> transits = new ArrayList<>();
    int links = sites.size() > 2 ? sites.size() : sites.size() - 1;
    for (int i = 0; i < links; i++) {
      transits.add(
          new Transit(i, sites.get(i), sites.get((i + 1) % sites.size()), PREPEND_STEP * i));
    }
    return new InternetPlan(lab, transits);
  }

  private static SiteAddresses addresses(int number) {
    String node = "203.0.113." + (SLICE * number + 2);
    return new SiteAddresses(
        InetAddress.ofLiteral(ANYCAST_ADDRESS),
        new SiteAddresses.Ports(HTTP_PORT, HTTPS_PORT),
        SiteAddresses.at(node, OVERLAY_PORT),
        SiteAddresses.at("127.0.0.1", METRICS_PORT),
        SiteAddresses.at("203.0.113." + (SLICE * number + 1), BGP_PORT),
        SiteAddresses.at("127.0.0.11", BACKEND_PORT),
        true);
  }

  /** The node's address on the link to its router. */
  static String node(LabPlan.Site site) {
    return site.overlay().getAddress().getHostAddress();
  }

  /** The router's address on the link to the node; also its router id. */
  static String router(LabPlan.Site site) {
    return site.router().getAddress().getHostAddress();
  }

  /** The router's address on the link to its clients. */
  static String clientGateway(LabPlan.Site site) {
    return "192.0.2." + (SLICE * site.number() + 1);
  }

  /** The client's address. */
  static String client(LabPlan.Site site) {
    return "192.0.2." + (SLICE * site.number() + 2);
  }

  /** The prefixes of all sites and all clients: what every router should know of the others. */
  List<String> prefixes() {
    return lab.sites().stream()
        .map(site -> SLICE * site.number())
        .flatMap(slice -> Stream.of("203.0.113." + slice + "/28", "192.0.2." + slice + "/28"))
        .toList();
  }

  /** The links that end at a site's router. */
  List<Transit> transits(LabPlan.Site site) {
    return transits.stream().filter(transit -> transit.joins(site)).toList();
  }

  /** All sites, the nearest to the clients of a region first. */
  List<LabPlan.Site> nearest(LabPlan.Site region) {
    int[] distance = distances(region);
    return lab.sites().stream()
        .sorted(
            Comparator.comparingInt((LabPlan.Site site) -> distance[site.number() - 1])
                .thenComparingInt(LabPlan.Site::number))
        .toList();
  }

  /** Length of the shortest AS path from a site's router to each other's (Bellman and Ford). */
  private int[] distances(LabPlan.Site from) {
    int[] distance = new int[lab.sites().size()];
    Arrays.fill(distance, FAR);
    distance[from.number() - 1] = 0;
    for (int round = 0; round < distance.length; round++) {
      for (Transit transit : transits) {
        int one = transit.one().number() - 1;
        int other = transit.other().number() - 1;
        distance[one] = Math.min(distance[one], distance[other] + transit.length());
        distance[other] = Math.min(distance[other], distance[one] + transit.length());
      }
    }
    return distance;
  }

  /**
   * A link between two routers.
   *
   * @param number 0 for the first
   * @param one the site of the router at its one end
   * @param other the site of the router at its other end
   * @param prepends how many extra times each end puts its AS number in front of a path
   */
  record Transit(int number, LabPlan.Site one, LabPlan.Site other, int prepends) {
    /** The interface's name at both ends. */
    String device() {
      return "transit" + number;
    }

    /** What it adds to the length of an AS path. */
    int length() {
      return 1 + prepends;
    }

    boolean joins(LabPlan.Site site) {
      return one.equals(site) || other.equals(site);
    }

    /** The site at the far end. */
    LabPlan.Site far(LabPlan.Site near) {
      return one.equals(near) ? other : one;
    }

    /** The address of the end at a site's router. */
    String address(LabPlan.Site near) {
      return "198.18." + number + "." + (one.equals(near) ? 1 : 2);
    }
  }
}
