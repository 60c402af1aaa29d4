package io.landfall.edge.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/** Status codes with the reason phrases of RFC 9110 section 15, where Netty has older ones. */
public final class StatusPhrases {
  private StatusPhrases() {}

  /** The code and its phrase. */
  public static String of(int status) {
    return switch (status) {
      case 413 -> "413 Content Too Large";
      case 414 -> "414 URI Too Long";
      case 416 -> "416 Range Not Satisfiable";
      case 422 -> "422 Unprocessable Content";
      case 425 -> "425 Too Early";
      case 505 -> "505 HTTP Version Not Supported";
      default -> HttpResponseStatus.valueOf(status).toString();
    };
  }
}
