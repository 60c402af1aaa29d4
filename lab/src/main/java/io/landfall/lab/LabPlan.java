package io.landfall.lab;

import io.landfall.core.NodeName;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Who is where in a lab: pure arithmetic over the list of sites, so that every other class agrees.
 *
 * <p>The addresses are another's business ({@link SiteAddresses}): loopback addresses in a lab
 * without root, those of a small Internet in one with it.
 *
 * @param sites the sites, in the order given
 * @param services the services, in a fixed order
 */
public record LabPlan(List<Site> sites, List<Service> services) {
  /** Sites in one lab. */
  public static final int MAX_SITES = 9;

  /** The overlay's block: nodes in its first half, services in its second. */
  public static final String BLOCK = "10.32.0.0/23";

  /** The anycast prefix that every site announces; for documentation only (RFC 5737). */
  public static final String ANYCAST = "198.51.100.0/24";

  /** The trust domain. */
  static final String TRUST_DOMAIN = "landfall.lab";

  /** The AS number of the edge sites towards their upstream routers (RFC 5398). */
  public static final int EDGE_ASN = 64496;

  private static final int FIRST_ROUTER_ASN = 64500;
  private static final int FIRST_SERVICE_IDENTITY = 10;

  /** Copies the lists. */
  public LabPlan {
    sites = List.copyOf(sites);
    services = List.copyOf(services);
  }

  /**
   * The plan for these sites on the loopback addresses 127.net.n.x; {@code net} is chosen free at
   * start, so several labs live side by side.
   */
  static LabPlan of(int net, List<String> names) {
    return of(names, number -> SiteAddresses.loopback(net, number));
  }

  /**
   * The plan for these sites, with the addresses of each by its number.
   *
   * @throws IllegalArgumentException when there are none, too many, two of one name, or one whose
   *     name is no DNS label
   */
  public static LabPlan of(List<String> names, IntFunction<SiteAddresses> addresses) {
    if (names.isEmpty() || names.size() > MAX_SITES) {
      throw new IllegalArgumentException(
          "a lab has 1 to " + MAX_SITES + " sites, not " + names.size());
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("two sites of one name in " + String.join(",", names));
    }
    names.forEach(NodeName::new);
    List<Site> sites =
        IntStream.range(0, names.size())
            .mapToObj(i -> new Site(names.get(i), i + 1, addresses.apply(i + 1)))
            .toList();
    String second = names.get(Math.min(1, names.size() - 1));
    List<Service> services = new ArrayList<>();
    services.add(new Service("shop", 0, names.subList(0, Math.min(2, names.size()))));
    services.add(new Service("media", 1, List.of(second)));
    services.add(new Service("api", 2, names));
    return new LabPlan(sites, services);
  }

  /** The site of that name. */
  public Site site(String name) {
    return sites.stream().filter(site -> site.name().equals(name)).findFirst().orElseThrow();
  }

  /** The service of that name. */
  public Service service(String name) {
    return services.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** Where a service's backend listens at a site. */
  InetSocketAddress backend(Service service, Site site) {
    return site.addresses().backend(service.number());
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
  public static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /**
   * One site.
   *
   * @param name its node's name
   * @param number 1 for the first
   * @param addresses where it is
   */
  public record Site(String name, int number, SiteAddresses addresses) {
    /** The node's identity in the block. */
    public String identity() {
      return "10.32.0." + number;
    }

    /** Where clients connect, plain. */
    public InetSocketAddress http() {
      return addresses.http();
    }

    /** Where clients connect with TLS. */
    public InetSocketAddress https() {
      return addresses.https();
    }

    /** Where other nodes connect. */
    public InetSocketAddress overlay() {
      return addresses.overlay();
    }

    /** Where Prometheus connects. */
    public InetSocketAddress metrics() {
      return addresses.metrics();
    }

    /** The site's upstream router. */
    public InetSocketAddress router() {
      return addresses.router();
    }

    /** The AS number of the site's upstream router. */
    public int routerAsn() {
      return FIRST_ROUTER_ASN + number - 1;
    }
  }

  /**
   * One service.
   *
   * @param name its name
   * @param number 0 for the first
   * @param sites the names of the sites that host it
   */
  public record Service(String name, int number, List<String> sites) {
    /** Copies the list. */
    public Service {
      sites = List.copyOf(sites);
    }

    /** The service's identity in the block. */
    public String identity() {
      return "10.32.1." + (FIRST_SERVICE_IDENTITY + number);
    }

    /** The host that it answers for. */
    public String host() {
      return name + ".lab";
    }
  }
}
