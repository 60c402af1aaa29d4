package io.landfall.cache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a response to an unsafe method makes invalid (RFC 9111 section 4.4): its target, and those
 * that Location and Content-Location name if they are of the same origin. Only what is stored or
 * being filled need be told: an invalidation of anything else has nothing to do, and so no client
 * can use up the memory of purges.
 */
public final class Invalidation {
  private Invalidation() {}

  /** Whether a method is safe (RFC 9110 section 9.2.1); one that is not known is not. */
  public static boolean isSafe(CharSequence method) {
    return AsciiText.same(method, "GET")
        || AsciiText.same(method, "HEAD")
        || AsciiText.same(method, "OPTIONS")
        || AsciiText.same(method, "TRACE")
        || AsciiText.same(method, "QUERY");
  }

  /**
   * The targets (path and query) of the request's origin that are no longer valid; none for safe
   * methods and for responses with errors. Those of Location and Content-Location are as the origin
   * wrote them: the caller brings them into the normal form of routing, and applies {@link
   * QueryRules}.
   *
   * @param scheme the scheme of the request
   * @param authority its authority
   * @param request the request
   * @param response the response to it
   */
  public static List<String> targets(
      CharSequence scheme, CharSequence authority, CacheRequest request, CacheResponse response) {
    if (isSafe(request.method()) || response.status() < 200 || response.status() >= 400) {
      return List.of();
    }
    Set<String> targets = new LinkedHashSet<>();
    targets.add(request.target().toString());
    String base = scheme + "://" + authority + request.target();
    add(base, CacheFields.LOCATION, response.fields(), targets);
    add(base, CacheFields.CONTENT_LOCATION, response.fields(), targets);
    return List.copyOf(targets);
  }

  private static void add(String base, String name, FieldSection fields, Set<String> targets) {
    CharSequence reference = CacheFields.only(fields, name);
    if (reference == null || reference.isEmpty()) {
      return;
    }
    try {
      URI from = new URI(base);
      // RFC 3986 section 5.3: a reference that is a query alone keeps the path, which URI does not.
      String whole =
          reference.charAt(0) == '?' ? from.getRawPath() + reference : reference.toString();
      URI to = from.resolve(new URI(whole));
      // Only where there is something to resolve: empty segments, which it would join, are keyed.
      to = whole.contains("/.") ? to.normalize() : to;
      String authority = to.getRawAuthority();
      boolean sameOrigin =
          from.getScheme().equalsIgnoreCase(to.getScheme())
              && authority != null
              && origin(from).equals(origin(to));
      if (sameOrigin) {
        String path = to.getRawPath().isEmpty() ? "/" : to.getRawPath();
        targets.add(to.getRawQuery() == null ? path : path + "?" + to.getRawQuery());
      }
    } catch (URISyntaxException malformed) {
      // Not a URI: it names nothing that could be stored.
    }
  }

  /** Host and port, the scheme's own port left out (RFC 9110 section 4.3.1). */
  private static String origin(URI uri) {
    String authority = String.valueOf(uri.getRawAuthority()).toLowerCase(Locale.ROOT);
    String own = "https".equalsIgnoreCase(uri.getScheme()) ? ":443" : ":80";
    return authority.endsWith(own)
        ? authority.substring(0, authority.length() - own.length())
        : authority;
  }
}
