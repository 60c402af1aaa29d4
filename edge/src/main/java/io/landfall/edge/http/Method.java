package io.landfall.edge.http;

import io.netty.util.AsciiString;

/**
 * A request method (RFC 9110 section 9).
 *
 * @param name as received; methods are case-sensitive
 * @param isIdempotent whether a request with it may be repeated (RFC 9110 section 9.2.2)
 */
public record Method(AsciiString name, boolean isIdempotent) {
  public static final Method GET = new Method(AsciiString.cached("GET"), true);
  private static final Method HEAD = new Method(AsciiString.cached("HEAD"), true);
  private static final Method POST = new Method(AsciiString.cached("POST"), false);
  private static final Method OPTIONS = new Method(AsciiString.cached("OPTIONS"), true);
  private static final Method[] KNOWN = {
    GET,
    POST,
    HEAD,
    OPTIONS,
    new Method(AsciiString.cached("PUT"), true),
    new Method(AsciiString.cached("DELETE"), true),
    new Method(AsciiString.cached("TRACE"), true),
    new Method(AsciiString.cached("PATCH"), false),
  };

  /** The method of that name, which is case-sensitive. */
  public static Method of(AsciiString name) {
    for (Method method : KNOWN) {
      if (method.name.equals(name)) {
        return method;
      }
    }
    return new Method(name, false);
  }

  /** Whether it is GET or HEAD. */
  public boolean isRead() {
    return equals(GET) || equals(HEAD);
  }

  boolean isHead() {
    return equals(HEAD);
  }

  /** Whether it is OPTIONS, the only one with an asterisk for a target. */
  public boolean isOptions() {
    return equals(OPTIONS);
  }
}
