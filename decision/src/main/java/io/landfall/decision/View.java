package io.landfall.decision;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the decision may know of the world: which services there are, what they say here, and
 * which other nodes advertise them. Immutable; the control thread makes a new one when something
 * changed, and the data plane reads the newest through one volatile reference.
 *
 * <p>A host and path find their service in this order: an exact host before a wildcard ({@code
 * *.example} stands for exactly one more label), then the longest path prefix. A prefix covers
 * whole segments: {@code /api} covers {@code /api}, {@code /api/x} and {@code /api?q}, not {@code
 * /apix}; a prefix that ends with a slash covers all below it. A service without paths covers every
 * path. If two services claim the same host and prefix, the first by name gets it (the config check
 * refuses that earlier). A lookup by exact host allocates nothing.
 */
public final class View {
  private static final Optional<Route> NOTHING = Optional.empty();

  private final NodeName ownName;
  private final HostAddress ownIdentity;
  private final List<Route> routes;

  // Only looked up by key, never iterated: their order cannot leak.
  private final Map<String, Paths> exact = new HashMap<>();
  private final Map<String, Paths> wildcard = new HashMap<>();

  private View(NodeName ownName, HostAddress ownIdentity, List<ServiceView> services) {
    this.ownName = ownName;
    this.ownIdentity = ownIdentity;
    List<ServiceView> byName = new ArrayList<>(services);
    byName.sort(Comparator.comparing(ServiceView::name));
    List<Route> made = new ArrayList<>();
    for (ServiceView service : byName) {
      Route route = Route.of(service, ownName, ownIdentity);
      made.add(route);
      for (String host : service.hosts()) {
        if (host.startsWith("*.")) {
          wildcard.computeIfAbsent(host.substring(2), h -> new Paths()).add(route);
        } else {
          exact.computeIfAbsent(host, h -> new Paths()).add(route);
        }
      }
    }
    this.routes = List.copyOf(made);
  }

  /**
   * A view.
   *
   * @param ownName this node's name; it is never a candidate
   * @param ownIdentity this node's identity; it is never a candidate
   * @param services all services that this node knows, in any order
   */
  public static View of(NodeName ownName, HostAddress ownIdentity, List<ServiceView> services) {
    return new View(ownName, ownIdentity, services);
  }

  /** A view in which there are no services. */
  public static View empty(NodeName ownName, HostAddress ownIdentity) {
    return new View(ownName, ownIdentity, List.of());
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
    return routes;
  }

  /**
   * The service that answers for a host and path.
   *
   * @param host the authority's host in lower case, without a port
   * @param path the raw path, with or without its query
   */
  public Optional<Route> route(String host, String path) {
    Paths paths = exact.get(host);
    if (paths != null) {
      Optional<Route> found = paths.longest(path);
      if (found.isPresent()) {
        return found;
      }
    }
    if (!wildcard.isEmpty()) {
      int dot = host.indexOf('.');
      paths = dot > 0 ? wildcard.get(host.substring(dot + 1)) : null;
      if (paths != null) {
        return paths.longest(path);
      }
    }
    return NOTHING;
  }

  /** The path prefixes of one host, longest first. */
  private static final class Paths {
    private final List<String> prefixes = new ArrayList<>();
    private final List<Optional<Route>> targets = new ArrayList<>();

    void add(Route route) {
      if (route.service().paths().isEmpty()) {
        insert("", route);
      }
      for (String prefix : route.service().paths()) {
        insert(prefix, route);
      }
    }

    private void insert(String prefix, Route route) {
      int at = 0;
      while (at < prefixes.size() && prefixes.get(at).length() >= prefix.length()) {
        at++;
      }
      prefixes.add(at, prefix);
      targets.add(at, Optional.of(route));
    }

    Optional<Route> longest(String path) {
      for (int i = 0; i < prefixes.size(); i++) {
        if (covers(prefixes.get(i), path)) {
          return targets.get(i);
        }
      }
      return NOTHING;
    }

    private static boolean covers(String prefix, String path) {
      if (!path.startsWith(prefix)) {
        return false;
      }
      int end = prefix.length();
      return end == 0
          || prefix.charAt(end - 1) == '/'
          || path.length() == end
          || path.charAt(end) == '/'
          || path.charAt(end) == '?';
    }
  }
}
