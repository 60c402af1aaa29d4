package io.landfall.edge.http;

import io.landfall.edge.RequestPath;
import io.netty.util.AsciiString;

/**
 * What the gate asks of a request's head in every version of HTTP, so that nothing comes from
 * another node that would not be taken from a client.
 */
public final class RequestRules {
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString TRACE = AsciiString.cached("TRACE");

  private RequestRules() {}

  /**
   * The method alone, which may make the target another form (CONNECT). TRACE would show a client
   * what others added to its request, credentials too (RFC 9110 section 9.3.8).
   */
  public static void checkMethod(Method method) throws BadMessage {
    if (method.name().equals(CONNECT)) {
      throw new BadMessage(HttpViolation.METHOD_CONNECT);
    }
    if (method.name().equals(TRACE)) {
      throw new BadMessage(HttpViolation.METHOD_TRACE);
    }
  }

  /**
   * The target, and what is expected (RFC 9110 section 10.1.1): a list, on one line or on more.
   *
   * @param version11 whether it came as HTTP/1.1 or later; before, there are no expectations
   */
  public static void check(Method method, String target, FieldLines fields, boolean version11)
      throws BadMessage {
    checkMethod(method);
    if (target.equals("*") && !method.isOptions()) {
      throw new BadMessage(HttpViolation.TARGET);
    }
    if (RequestPath.hasDotSegment(target)) {
      throw new BadMessage(HttpViolation.DOT_SEGMENT);
    }
    for (int i = 0; version11 && i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.EXPECT)
          && !Tokens.hasOnly(fields.value(i), RequestHead.CONTINUE)) {
        throw new BadMessage(HttpViolation.EXPECTATION);
      }
    }
  }
}
