package io.landfall.decision;

import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which service answers for a host and path: what the configuration fixes, so that every view of
 * one node shares it and a change of a service's state rebuilds nothing of it.
 *
 * <p>Services are numbered by name, from 0. The rules of a lookup are at {@link View}.
 */
final class ServiceDirectory {
  /** No service answers. */
  static final int NONE = -1;

  // Only looked up by key, never iterated: their order cannot leak.
  private final Map<String, Paths> exact = new HashMap<>();
  private final Map<String, Paths> wildcard = new HashMap<>();
  private final Map<ServiceName, Integer> numbers = new HashMap<>();

  /** A directory of services, in the order of their names. */
  private ServiceDirectory(List<ServiceView> byName) {
    for (int number = 0; number < byName.size(); number++) {
      ServiceView service = byName.get(number);
      numbers.put(service.name(), number);
      for (String host : service.hosts()) {
        if (host.startsWith("*.")) {
          wildcard.computeIfAbsent(host.substring(2), h -> new Paths()).add(service, number);
        } else {
          exact.computeIfAbsent(host, h -> new Paths()).add(service, number);
        }
      }
    }
  }

  static ServiceDirectory of(List<ServiceView> byName) {
    return new ServiceDirectory(byName);
  }

  /** The services in the order of their numbers. */
  static List<ServiceView> inOrder(List<ServiceView> services) {
    List<ServiceView> byName = new ArrayList<>(services);
    byName.sort(Comparator.comparing(ServiceView::name));
    return byName;
  }

  /** The number of a service, or {@link #NONE}. */
  int numberOf(ServiceName service) {
    return numbers.getOrDefault(service, NONE);
  }

  /** The number of the service that answers for a host and path, or {@link #NONE}. */
  int find(String host, String path) {
    Paths paths = exact.get(host);
    if (paths != null) {
      int found = paths.longest(path);
      if (found != NONE) {
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
    return NONE;
  }

  /** The path prefixes of one host, longest first. */
  private static final class Paths {
    private final List<String> prefixes = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();

    void add(ServiceView service, int number) {
      if (service.paths().isEmpty()) {
        insert("", number);
      }
      for (String prefix : service.paths()) {
        insert(prefix, number);
      }
    }

    private void insert(String prefix, int number) {
      int at = 0;
      while (at < prefixes.size() && prefixes.get(at).length() >= prefix.length()) {
        at++;
      }
      prefixes.add(at, prefix);
      numbers.add(at, number);
    }

    int longest(String path) {
      for (int i = 0; i < prefixes.size(); i++) {
        if (covers(prefixes.get(i), path)) {
          return numbers.get(i);
        }
      }
      return NONE;
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
