package io.landfall.edge.rules;

import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The redirects of a service (RFC 9110 section 15.4): the first that matches has the answer. The
 * query is kept, unless the URL of the rule has one of its own.
 */
final class RedirectRules {
  private static final int MOVED_PERMANENTLY = 301;
  private static final int PERMANENT_REDIRECT = 308;
  private static final String BELOW = "/*";

  private final List<Redirect> rules;

  RedirectRules(List<Redirect> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * The answer to a request.
   *
   * @param reached the request, with the scheme in which the client reached the CDN
   * @return null if no rule matches
   */
  @Nullable Ruling find(RequestHead reached) {
    if (rules.isEmpty() || !reached.target().startsWith("/")) {
      return null;
    }
    String path = pathOf(reached.routingTarget());
    for (Redirect rule : rules) {
      switch (rule) {
        case Redirect.ToHttps secure -> {
          if (reached.scheme().equals(RequestHead.HTTP)) {
            return toHttps(reached);
          }
        }
        case Redirect.To to -> {
          if (matches(to, reached.host(), path)) {
            return new Ruling.Redirected(to.status(), location(to, reached.target()));
          }
        }
      }
    }
    return null;
  }

  private static Ruling toHttps(RequestHead reached) {
    // The method of a request with a body is lost on the way with 301 (RFC 9110 section 15.4.2).
    int status = reached.method().isRead() ? MOVED_PERMANENTLY : PERMANENT_REDIRECT;
    return new Ruling.Redirected(
        status, new AsciiString("https://" + reached.host() + reached.target()));
  }

  private static boolean matches(Redirect.To rule, String host, String path) {
    if (rule.host().isPresent() && !rule.host().get().equals(host)) {
      return false;
    }
    if (rule.path().isEmpty()) {
      return true;
    }
    String wanted = rule.path().get();
    if (!wanted.endsWith(BELOW)) {
      return wanted.equals(path);
    }
    int prefix = wanted.length() - BELOW.length();
    return path.startsWith(wanted.substring(0, prefix))
        && (path.length() == prefix || path.charAt(prefix) == '/');
  }

  private static AsciiString location(Redirect.To rule, String target) {
    StringBuilder url = new StringBuilder(rule.to());
    if (rule.keepPath()) {
      url.append(pathOf(target));
    }
    int query = target.indexOf('?');
    if (query >= 0 && rule.to().indexOf('?') < 0) {
      url.append(target, query, target.length());
    }
    return new AsciiString(url);
  }

  private static String pathOf(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
