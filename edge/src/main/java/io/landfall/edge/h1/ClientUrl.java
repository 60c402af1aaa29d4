package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a client would ask for by a URL, read as the edge reads the requests of clients. */
public sealed interface ClientUrl {
  /**
   * The edge takes such a request.
   *
   * @param authority host and port as the origin is sent them, in lower case
   * @param host the host by which it is routed
   * @param target the path and query by which it is routed
   */
  record Taken(String authority, String host, String target) implements ClientUrl {}

  /**
   * The edge refuses such a request.
   *
   * @param status the status that it answers
   * @param why the rule that is broken, for people
   */
  record Refused(int status, String why) implements ClientUrl {}

  /**
   * Reads an absolute URL; a fragment stays with the client (RFC 9110 section 7.1).
   *
   * @param url with its scheme, {@code http} or {@code https}
   */
  static ClientUrl read(String url) {
    int fragment = url.indexOf('#');
    String sent = fragment < 0 ? url : url.substring(0, fragment);
    if (sent.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      return refused(HttpViolation.TARGET);
    }
    String lines = "GET " + sent + " HTTP/1.1\r\nHost: x\r\n";
    try {
      RequestHead head =
          Http1RequestParser.accept(
              lines.getBytes(StandardCharsets.US_ASCII), RequestHead.HTTP, EdgeLimits.defaults());
      return new Taken(
          head.authority().toString().toLowerCase(Locale.ROOT), head.host(), head.routingTarget());
    } catch (BadMessage e) {
      return refused(e.rule());
    }
  }

  private static Refused refused(HttpViolation rule) {
    return new Refused(rule.status(), rule.text());
  }
}
