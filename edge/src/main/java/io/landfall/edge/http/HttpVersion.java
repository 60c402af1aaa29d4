package io.landfall.edge.http;

/** A version of HTTP in which a request came (RFC 9110 section 2.5). */
public enum HttpVersion {
  /** HTTP/1.0, and the same as what it cannot do. */
  HTTP_1_0,
  /** HTTP/1.1, with every later minor version. */
  HTTP_1_1,
  /** HTTP/2. */
  HTTP_2;

  /** HTTP/1.1, or 1.0. */
  public static HttpVersion http1(boolean version11) {
    return version11 ? HTTP_1_1 : HTTP_1_0;
  }
}
