package io.landfall.edge.http;

import io.landfall.edge.RequestPath;
import io.netty.util.AsciiString;

/**
 * A request that passed the gate: everything about it that is not its body.
 *
 * @param method the method
 * @param scheme {@code http} or {@code https}, as the client reached the landing node
 * @param authority host and optional port as the client gave them (RFC 9110 section 7.2)
 * @param host the host alone: lower case, without port and final dot
 * @param target the path and query, or {@code *}
 * @param version the version in which it came
 * @param fields its fields as received
 * @param framing how its body is delimited
 */
public record RequestHead(
    Method method,
    AsciiString scheme,
    AsciiString authority,
    String host,
    String target,
    HttpVersion version,
    FieldLines fields,
    Framing framing) {
  public static final AsciiString HTTP = AsciiString.cached("http");
  public static final AsciiString HTTPS = AsciiString.cached("https");

  /** The one expectation that is taken (RFC 9110 section 10.1.1). */
  static final AsciiString CONTINUE = AsciiString.cached("100-continue");

  /** The same with another scheme. */
  public RequestHead reachedBy(AsciiString other) {
    return other.equals(scheme)
        ? this
        : new RequestHead(method, other, authority, host, target, version, fields, framing);
  }

  /** Whether it came as HTTP/1.1 or later. */
  public boolean version11() {
    return version != HttpVersion.HTTP_1_0;
  }

  /** The target as it decides where the request goes. */
  public String routingTarget() {
    return RequestPath.forRouting(target);
  }

  /** Whether it asks for a head alone. */
  public boolean isHead() {
    return method.isHead();
  }

  /** Whether the client waits for 100 (Continue) before it sends the body. */
  public boolean expectsContinue() {
    boolean may = version11() && !framing.isEmpty();
    boolean expects = false;
    for (int i = 0; may && !expects && i < fields.size(); i++) {
      expects =
          fields.name(i).equals(FieldNames.EXPECT) && Tokens.contains(fields.value(i), CONTINUE);
    }
    return expects;
  }
}
