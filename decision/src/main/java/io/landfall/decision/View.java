package io.landfall.decision;

import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.core.PersistentArray;
import io.landfall.core.ServiceName;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * All that the decision may know of the world: which services there are, their signals here, and
 * which other nodes advertise them. Immutable; the control thread makes a new one when something
 * changed, and the data plane reads the newest through one volatile reference.
 *
 * <p>A host and path find their service in this order: an exact host before a wildcard ({@code
 * *.example} stands for exactly one more label), then the longest path prefix. A prefix covers
 * whole segments: {@code /api} covers {@code /api}, {@code /api/x} and {@code /api?q}, not {@code
 * /apix}; a prefix that ends with a slash covers all below it. A service without paths covers every
 * path. If two services claim the same host and prefix, the first by name gets it (the config check
 * refuses that earlier). A lookup by exact host allocates nothing.
 *
 * <p>Which services there are, and for which hosts and paths they answer, is fixed when the first
 * view is made. {@link #with} makes the next one: it shares everything with this one but the
 * services that changed, so its cost does not grow with their number.
 */
public final class View {
  private static final Optional<Route> NOTHING = Optional.empty();
  private static final String TCP = "tcp:";

  private final NodeName ownName;
  private final HostAddress ownIdentity;
  private final ServiceDirectory directory;
  private final PersistentArray<Optional<Route>> routes;

  private View(
      NodeName ownName,
      HostAddress ownIdentity,
      ServiceDirectory directory,
      PersistentArray<Optional<Route>> routes) {
    this.ownName = ownName;
    this.ownIdentity = ownIdentity;
    this.directory = directory;
    this.routes = routes;
  }

  /**
   * A view.
   *
   * @param ownName this node's name; it is never a candidate
   * @param ownIdentity this node's identity; it is never a candidate
   * @param services all services that this node knows, in any order
   */
  public static View of(NodeName ownName, HostAddress ownIdentity, List<ServiceView> services) {
    List<ServiceView> byName = ServiceDirectory.inOrder(services);
    return new View(
        ownName,
        ownIdentity,
        ServiceDirectory.of(byName),
        PersistentArray.of(
            byName.size(), i -> Optional.of(Route.of(byName.get(i), ownName, ownIdentity))));
  }

  /**
   * The host by which a TCP service is found: no request of HTTP can have it, for what stands
   * behind a colon there is a port (RFC 9110 section 4.2).
   *
   * @param service the service's name
   */
  public static String hostOfTcp(String service) {
    return TCP + service;
  }

  /** Whether it is the host of a TCP service. */
  public static boolean isHostOfTcp(String host) {
    return host.startsWith(TCP);
  }

  /** A view in which there are no services. */
  public static View empty(NodeName ownName, HostAddress ownIdentity) {
    return of(ownName, ownIdentity, List.of());
  }

  /**
   * The same view, but for the services that changed: their local signal or their candidates.
   *
   * @param changed services of this view, with the hosts and paths that they had
   * @throws InvariantBroken when a service is not one of this view
   */
  public View with(Collection<ServiceView> changed) {
    TreeMap<Integer, Optional<Route>> rows = new TreeMap<>();
    for (ServiceView service : changed) {
      int number = directory.numberOf(service.name());
      if (number == ServiceDirectory.NONE) {
        throw new InvariantBroken("no service of this view: " + service.name());
      }
      rows.put(number, Optional.of(Route.of(service, ownName, ownIdentity)));
    }
    return new View(ownName, ownIdentity, directory, routes.with(rows));
  }

  /** This node's name. */
  public NodeName ownName() {
    return ownName;
  }

  /** This node's identity. */
  public HostAddress ownIdentity() {
    return ownIdentity;
  }

  /** All services by name, with their candidates in order. */
  public List<Route> routes() {
    return new AbstractList<>() {
      @Override
      public Route get(int index) {
        return routes.get(index).orElseThrow();
      }

      @Override
      public int size() {
        return routes.length();
      }
    };
  }

  /** Where a service stands in {@link #routes()}; empty when it is none of this view. */
  public OptionalInt numberOf(ServiceName service) {
    int number = directory.numberOf(service);
    return number == ServiceDirectory.NONE ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /**
   * The service that answers for a host and path.
   *
   * @param host the authority's host in lower case, without a port
   * @param path the raw path, with or without its query
   */
  public Optional<Route> route(String host, String path) {
    int number = directory.find(host, path);
    return number == ServiceDirectory.NONE ? NOTHING : routes.get(number);
  }
}
