package io.landfall.config;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Which fields of requests and responses a service may set and remove, and to which values. */
final class FieldRules {
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUE = 4_096;
  private static final Shape NAME =
      new Shape.Text("field name", "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1," + MAX_NAME + "}$");

  /** Of one hop (RFC 9110 section 7.6.1), of the framing, or written by the nodes. */
  private static final Set<String> OF_MESSAGES =
      set(
          "cdn-loop",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "expect",
          "forwarded",
          "grpc-message",
          "grpc-status",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "proxy-connection",
          "proxy-status",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via");

  /**
   * What tells the way of a request, what asks for a part of a response, and what makes another.
   */
  private static final Set<String> OF_REQUESTS =
      set(
          "accept-encoding",
          "cf-connecting-ip",
          "client-cert",
          "client-cert-chain",
          "fastly-client-ip",
          "forwarded-for",
          "front-end-https",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "max-forwards",
          "proxy",
          "range",
          "true-client-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-forwarded-for",
          "x-original-host",
          "x-original-uri",
          "x-original-url",
          "x-real-ip",
          "x-rewrite-url",
          "x-url-scheme");

  /** What a client, or a cache behind this one, relies on to reuse a response (RFC 9111). */
  private static final Set<String> OF_RESPONSES =
      set("accept-ranges", "age", "cache-status", "date", "etag", "last-modified", "vary");

  /** A field name of a request that may be changed, in lower case. */
  static final ValueRule<String> REQUEST_FIELD = name(OF_REQUESTS);

  /** A field name of a response that may be changed, in lower case. */
  static final ValueRule<String> RESPONSE_FIELD = name(OF_RESPONSES);

  /** Any field name, in lower case. */
  static final ValueRule<String> FIELD = ValueRule.of(NAME, FieldRules::token);

  /** The value of a field (RFC 9110 section 5.5), of ASCII. */
  static final ValueRule<String> VALUE =
      ValueRule.of(new Shape.Text("text", "^[\\t -~]{1," + MAX_VALUE + "}$"), FieldRules::value);

  private FieldRules() {}

  private static Set<String> set(String... names) {
    return new TreeSet<>(Set.of(names));
  }

  private static String token(String text) throws BadValue {
    if (!text.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1," + MAX_NAME + "}")) {
      throw new BadValue(
          "'" + text + "' is not the name of a field",
          "write it as X-Environment, without a colon");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static ValueRule<String> name(Set<String> others) {
    return ValueRule.of(
        NAME,
        text -> {
          String name = token(text);
          // Underscore and dot are hyphens to backends that know fields as variables (CGI, PHP).
          String meant = name.replace('_', '-').replace('.', '-');
          boolean isOfNodes =
              OF_MESSAGES.contains(meant)
                  || others.contains(meant)
                  || meant.startsWith("landfall-")
                  || meant.startsWith("sec-websocket-")
                  || meant.startsWith("x-forwarded");
          if (isOfNodes) {
            throw new BadValue(
                "'" + text + "' is written or needed by the nodes, and is not to be changed",
                "remove it; docs/traffic-rules.md has which fields these are");
          }
          return name;
        });
  }

  private static String value(String text) throws BadValue {
    boolean good = !text.isBlank() && text.length() <= MAX_VALUE;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = (c >= ' ' && c < 0x7f) || c == '\t';
    }
    if (!good) {
      throw new BadValue(
          "is not the value of a field",
          "write 1 to " + MAX_VALUE + " visible characters of ASCII on one line");
    }
    return text.strip();
  }
}
