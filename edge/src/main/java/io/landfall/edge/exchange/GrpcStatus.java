package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * Errors that this node makes, as a client of gRPC reads them: a head with 200 and the status of
 * gRPC, and nothing behind it ("Trailers-Only" in gRPC's PROTOCOL-HTTP2.md). A client would make
 * the same status of the one of HTTP, but without the reason.
 */
final class GrpcStatus {
  private static final AsciiString TYPE = AsciiString.cached("application/grpc");
  private static final AsciiString STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
  private static final AsciiString POST = AsciiString.cached("POST");

  private static final AsciiString UNKNOWN = AsciiString.cached("2");
  private static final AsciiString INTERNAL = AsciiString.cached("13");
  private static final AsciiString UNAVAILABLE = AsciiString.cached("14");

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private GrpcStatus() {}

  /** Whether a request is one of gRPC: not of gRPC-Web, whose errors are read otherwise. */
  static boolean isAsked(RequestHead request) {
    AsciiString type = request.fields().first(FieldNames.CONTENT_TYPE);
    return type != null
        && request.version() == HttpVersion.HTTP_2
        && request.method().name().equals(POST)
        && type.length() >= TYPE.length()
        && type.regionMatches(true, 0, TYPE, 0, TYPE.length())
        && (type.length() == TYPE.length() || "+;".indexOf(type.charAt(TYPE.length())) >= 0);
  }

  /**
   * Adds the fields that report an error.
   *
   * @param status what would be answered over HTTP; the status of gRPC is what gRPC's
   *     http-grpc-status-mapping.md makes of it
   * @param text the reason, for people
   */
  static void add(FieldLines fields, int status, String text) {
    fields.add(FieldNames.CONTENT_TYPE, TYPE);
    fields.add(STATUS, of(status));
    fields.add(MESSAGE, encoded(text));
  }

  private static AsciiString of(int status) {
    return switch (status) {
      case 400, 413, 431 -> INTERNAL;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /** Percent-encoded UTF-8, as the field has to be. */
  private static AsciiString encoded(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
      }
    }
    return new AsciiString(out);
  }
}
