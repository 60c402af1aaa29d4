package io.landfall.edge.http;

import io.landfall.core.NodeName;
import io.landfall.decision.Reason;
import io.netty.util.AsciiString;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This node's entry of Proxy-Status (RFC 9209): which proxy, where the response came from, our
 * reason as details, and for errors one of the standard error types. The next hop of a served
 * request is the service's name, an alias as section 2.1.2 allows: addresses of backends are
 * nobody's business outside.
 */
public final class ProxyStatus {
  /** More names than any overlay has services and nodes; beyond it entries are made each time. */
  private static final int MAX_CACHED = 4096;

  private record Key(String nextHop, Reason reason) {}

  private final String proxy;
  private final Map<Key, AsciiString> passed = new ConcurrentHashMap<>();

  /** Entries without a next hop, which each hit has, by reason. */
  private final Map<Reason, AsciiString> fromHere = new EnumMap<>(Reason.class);

  /** The entries of a node of that name. */
  public ProxyStatus(NodeName node) {
    this.proxy = token(node.value());
    for (Reason reason : Reason.values()) {
      fromHere.put(reason, new AsciiString(entry("", reason.name())));
    }
  }

  /**
   * The entry of a response that an upstream gave.
   *
   * @param nextHop the upstream; empty for the cache, where there was none
   * @param reason why the request went there
   * @param attempts how many places were asked; more than one is said, so that a client can see
   *     that its request met a failure that it was spared
   */
  public AsciiString passed(String nextHop, Reason reason, int attempts) {
    if (attempts > 1) {
      return new AsciiString(entry(nextHop, reason.name() + "; attempts=" + attempts));
    }
    AsciiString entry = nextHop.isEmpty() ? fromHere.get(reason) : null;
    return entry == null ? known(new Key(nextHop, reason)) : entry;
  }

  private AsciiString known(Key key) {
    AsciiString known = passed.get(key);
    if (known != null) {
      return known;
    }
    AsciiString made = new AsciiString(entry(key.nextHop(), key.reason().name()));
    if (passed.size() < MAX_CACHED) {
      passed.put(key, made);
    }
    return made;
  }

  private String entry(String nextHop, String details) {
    String hop = nextHop.isEmpty() ? "" : "; next-hop=" + token(nextHop);
    return proxy + hop + "; details=\"" + details + '"';
  }

  /** The entry of a response that this node made itself. */
  public AsciiString error(CharSequence errorType, String details) {
    return new AsciiString(proxy + "; error=" + errorType + "; details=" + quoted(details));
  }

  /** The standard error type (RFC 9209 section 2.3) of a declined request. */
  public static String errorType(Reason reason) {
    return switch (reason) {
      case UNKNOWN_HOST -> "destination_not_found";
      case OVERLOADED -> "connection_limit_reached";
      case LOOP -> "proxy_loop_detected";
      case NO_SITE, NO_PATH, NO_SHIELD, NOT_HERE, MAINTENANCE, AUTHORIZATION_FAILED ->
          "destination_unavailable";
      case CLIENT_DENIED, RATE_LIMITED, AUTHORIZATION_DENIED -> "http_request_denied";
      case CACHE_FRESH,
          CACHE_STALE,
          LOCAL_UP,
          LOCAL_COLD,
          LOCAL_DRAINING,
          REMOTE_UP,
          LOCAL_FULL,
          LOCAL_LEAVING,
          LAST_RESORT,
          WARM_ELSEWHERE,
          SHIELD,
          REDIRECTED,
          ACME_CHALLENGE ->
          "proxy_internal_error";
    };
  }

  /** A name as a token if it is one (RFC 8941 section 3.3.4: it starts with a letter). */
  private static String token(String name) {
    char first = name.charAt(0);
    return first >= 'a' && first <= 'z' ? name : quoted(name);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return out.append('"').toString();
  }
}
