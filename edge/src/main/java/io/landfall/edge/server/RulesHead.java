package io.landfall.edge.server;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.util.List;

/** The head of a request that nobody sent: for asking what rules do with it. */
final class RulesHead {
  private RulesHead() {}

  /**
   * The head of a GET.
   *
   * @param lines its fields, each with its name, a colon and its value
   */
  static RequestHead get(boolean https, String host, String target, List<String> lines) {
    FieldLines fields = new FieldLines(1);
    for (String line : lines) {
      int colon = line.indexOf(':');
      fields.add(
          AsciiString.of(line.substring(0, colon)),
          AsciiString.of(line.substring(colon + 1).strip()));
    }
    return new RequestHead(
        Method.GET,
        https ? RequestHead.HTTPS : RequestHead.HTTP,
        AsciiString.of(host),
        host,
        target,
        HttpVersion.HTTP_1_1,
        fields,
        Framing.NONE);
  }
}
