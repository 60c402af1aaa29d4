package io.landfall.config;

import io.landfall.config.TrafficConfig.Redirect;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows the redirects of one service as a client would, as far as that can be seen from its
 * config: until one leads to another host, port or path.
 */
final class RedirectLoops {
  /** Clients give up after about as many. */
  private static final int MOST = 20;

  private static final String HTTPS = "https";
  private static final String BELOW = "/*";

  private final List<Redirect> redirects;
  private final List<String> hosts;
  private final List<String> paths;

  RedirectLoops(List<Redirect> redirects, List<String> hosts, List<String> paths) {
    this.redirects = redirects;
    this.hosts = hosts;
    this.paths = paths;
  }

  private record Place(String scheme, String host, String path) {
    @Override
    public String toString() {
      return scheme + "://" + host + path;
    }
  }

  /** Whether a host is one of a service's. */
  static boolean isOneOf(String host, List<String> hosts) {
    int dot = host.indexOf('.');
    return hosts.contains(host)
        || (dot > 0 && !host.startsWith("*") && hosts.contains("*" + host.substring(dot)));
  }

  /** What is wrong with a redirect that leads on and on; empty if nothing is. */
  Optional<String> from(int index) {
    if (!(redirects.get(index) instanceof Redirect.To to)) {
      return Optional.empty();
    }
    String path = to.path().orElse(BELOW).replace(BELOW, "/x");
    List<String> starts = to.host().map(List::of).orElse(hosts);
    for (String host : starts) {
      Place start = new Place(HTTPS, host.startsWith("*") ? "x" + host.substring(1) : host, path);
      // One that another redirect answers first is that one's.
      if (to.equals(first(start)) && isEndless(start)) {
        return Optional.of("leads in a circle, or on without end, from " + start);
      }
    }
    return Optional.empty();
  }

  private boolean isEndless(Place start) {
    Place at = start;
    for (int i = 0; i < MOST; i++) {
      Redirect found = first(at);
      if (found == null) {
        return false;
      }
      Place next = next(found, at);
      if (next == null || !isHere(next)) {
        return false;
      }
      at = next;
    }
    return true;
  }

  private @Nullable Redirect first(Place at) {
    for (Redirect each : redirects) {
      boolean matches =
          switch (each) {
            case Redirect.ToHttps secure -> !at.scheme().equals(HTTPS);
            case Redirect.To to ->
                to.host().map(at.host()::equals).orElse(true)
                    && to.path().map(path -> covers(path, at.path())).orElse(true);
          };
      if (matches) {
        return each;
      }
    }
    return null;
  }

  private static boolean covers(String rule, String path) {
    if (!rule.endsWith(BELOW)) {
      return rule.equals(path);
    }
    String prefix = rule.substring(0, rule.length() - BELOW.length());
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  private static @Nullable Place next(Redirect found, Place at) {
    if (!(found instanceof Redirect.To to)) {
      return new Place(HTTPS, at.host(), at.path());
    }
    String more = to.keepPath() ? at.path() : "";
    if (to.to().startsWith("/")) {
      return new Place(at.scheme(), at.host(), withoutQuery(to.to() + more));
    }
    URI url = URI.create(to.to());
    if (url.getPort() >= 0) {
      return null;
    }
    String path = url.getRawPath() + more;
    return new Place(url.getScheme(), url.getHost(), path.isEmpty() ? "/" : path);
  }

  private static String withoutQuery(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private boolean isHere(Place place) {
    return isOneOf(place.host(), hosts)
        && (paths.isEmpty()
            || paths.stream()
                .anyMatch(
                    prefix ->
                        place.path().equals(prefix)
                            || place
                                .path()
                                .startsWith(prefix.endsWith("/") ? prefix : prefix + "/")));
  }
}
