package io.landfall.cli.lab;

import io.landfall.core.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who is where in a lab: pure arithmetic over the list of sites, so that every other class agrees.
 *
 * <p>Site n of a lab has the loopback addresses 127.net.n.x: .1 is the node, .2 its upstream
 * router, .11 and up the backends. {@code net} is chosen free at start, so several labs live side
 * by side.
 *
 * @param net the second byte of every address
 * @param sites the sites, in the order given
 * @param services the services, in a fixed order
 */
record LabPlan(int net, List<Site> sites, List<Service> services) {
  /** Sites in one lab. */
  static final int MAX_SITES = 9;

  /** The overlay's block: nodes in its first half, services in its second. */
  static final String BLOCK = "10.32.0.0/23";

  /** The anycast prefix that every site announces; for documentation only (RFC 5737). */
  static final String ANYCAST = "198.51.100.0/24";

  /** The trust domain. */
  static final String TRUST_DOMAIN = "landfall.lab";

  /** The AS number of the edge sites towards their upstream routers (RFC 5398). */
  static final int EDGE_ASN = 64496;

  private static final int FIRST_ROUTER_ASN = 64500;
  private static final int HTTP_PORT = 8080;
  private static final int HTTPS_PORT = 8443;
  private static final int OVERLAY_PORT = 7443;
  private static final int METRICS_PORT = 9100;
  private static final int ROUTER_PORT = 1790;
  private static final int BACKEND_PORT = 9000;
  private static final int FIRST_BACKEND = 11;
  private static final int FIRST_SERVICE_IDENTITY = 10;

  /** Copies the lists. */
  LabPlan {
    sites = List.copyOf(sites);
    services = List.copyOf(services);
  }

  /**
   * The plan for these sites.
   *
   * @throws IllegalArgumentException when there are none, too many, two of one name, or one whose
   *     name is no DNS label
   */
  static LabPlan of(int net, List<String> names) {
    if (names.isEmpty() || names.size() > MAX_SITES) {
      throw new IllegalArgumentException(
          "a lab has 1 to " + MAX_SITES + " sites, not " + names.size());
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("two sites of one name in " + String.join(",", names));
    }
    names.forEach(NodeName::new);
    List<Site> sites =
        IntStream.range(0, names.size()).mapToObj(i -> new Site(names.get(i), net, i + 1)).toList();
    String second = names.get(Math.min(1, names.size() - 1));
    List<Service> services = new ArrayList<>();
    services.add(new Service("shop", 0, names.subList(0, Math.min(2, names.size()))));
    services.add(new Service("media", 1, List.of(second)));
    services.add(new Service("api", 2, names));
    return new LabPlan(net, sites, services);
  }

  /** The site of that name. */
  Site site(String name) {
    return sites.stream().filter(site -> site.name().equals(name)).findFirst().orElseThrow();
  }

  /** The service of that name. */
  Service service(String name) {
    return services.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** Where a service's backend listens at a site. */
  InetSocketAddress backend(Service service, Site site) {
    return site.socket(FIRST_BACKEND + service.number(), BACKEND_PORT);
  }

  /** Every address that the lab's processes will listen on. */
  List<InetSocketAddress> listeners() {
    List<InetSocketAddress> all = new ArrayList<>();
    for (Site site : sites) {
      all.addAll(List.of(site.http(), site.https(), site.overlay(), site.metrics()));
      all.add(site.router());
    }
    for (Service service : services) {
      service.sites().forEach(name -> all.add(backend(service, site(name))));
    }
    return all;
  }

  /** An address and port as text. */
  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /**
   * One site.
   *
   * @param name its node's name
   * @param net the lab's part of the addresses
   * @param number 1 for the first
   */
  record Site(String name, int net, int number) {
    /** The node's identity in the block. */
    String identity() {
      return "10.32.0." + number;
    }

    /** Where clients connect, plain. */
    InetSocketAddress http() {
      return socket(1, HTTP_PORT);
    }

    /** Where clients connect with TLS. */
    InetSocketAddress https() {
      return socket(1, HTTPS_PORT);
    }

    /** Where other nodes connect. */
    InetSocketAddress overlay() {
      return socket(1, OVERLAY_PORT);
    }

    /** Where Prometheus connects. */
    InetSocketAddress metrics() {
      return socket(1, METRICS_PORT);
    }

    /** The site's upstream router. */
    InetSocketAddress router() {
      return socket(2, ROUTER_PORT);
    }

    /** The AS number of the site's upstream router. */
    int routerAsn() {
      return FIRST_ROUTER_ASN + number - 1;
    }

    /** One of the site's addresses. */
    InetSocketAddress socket(int host, int port) {
      byte[] bytes = {127, (byte) net, (byte) number, (byte) host};
      try {
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("four bytes are an address", e);
      }
    }
  }

  /**
   * One service.
   *
   * @param name its name
   * @param number 0 for the first
   * @param sites the names of the sites that host it
   */
  record Service(String name, int number, List<String> sites) {
    /** Copies the list. */
    Service {
      sites = List.copyOf(sites);
    }

    /** The service's identity in the block. */
    String identity() {
      return "10.32.1." + (FIRST_SERVICE_IDENTITY + number);
    }

    /** The host that it answers for. */
    String host() {
      return name + ".lab";
    }
  }
}
