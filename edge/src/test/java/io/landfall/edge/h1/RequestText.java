package io.landfall.edge.h1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.RequestHead;

/** Requests as text. */
public final class RequestText {
  private RequestText() {}

  /** The head of a plain request, given with the empty line at its end. */
  public static RequestHead head(String text) {
    try {
      return Http1RequestParser.accept(
          text.substring(0, text.length() - 2).getBytes(US_ASCII),
          RequestHead.HTTP,
          EdgeLimits.defaults());
    } catch (BadMessage e) {
      throw new AssertionError(e);
    }
  }
}
