package io.landfall.cache;

import java.util.List;

/** A content coding (RFC 9110 section 8.4.1) that variants of stored responses are made with. */
public enum Coding {
  /** RFC 1952. */
  GZIP("gzip"),
  /** RFC 7932. */
  BROTLI("br"),
  /** RFC 8878, with a window that RFC 9659 allows. */
  ZSTD("zstd");

  /** All of them, as a list that is made once. */
  public static final List<Coding> ALL = List.of(values());

  private final String token;

  Coding(String token) {
    this.token = token;
  }

  /** Its name in Content-Encoding and Accept-Encoding. */
  public String token() {
    return token;
  }
}
