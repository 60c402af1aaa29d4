package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.Tokens;
import io.netty.util.AsciiString;

/**
 * The head of an HTTP/1 response, from bytes to {@link ResponseHead}, or refused by a {@link
 * HttpViolation}: what two parsers could read differently is an upstream failure, not a response.
 */
final class Http1ResponseParser {
  private Http1ResponseParser() {}

  /**
   * Parses and checks.
   *
   * @param lines the head's lines with their CRLFs
   * @param toHead whether the request was a HEAD
   */
  static ResponseHead accept(byte[] lines, boolean toHead, EdgeLimits limits) throws BadMessage {
    boolean prefix =
        lines.length > 12
            && lines[0] == 'H'
            && lines[1] == 'T'
            && lines[2] == 'T'
            && lines[3] == 'P'
            && lines[4] == '/'
            && lines[5] == '1'
            && lines[6] == '.'
            && lines[7] >= '0'
            && lines[7] <= '9'
            && lines[8] == ' ';
    int status = prefix ? status(lines) : -1;
    if (status < 100 || status > 599 || (lines[12] != ' ' && lines[12] != '\r')) {
      throw new BadMessage(HttpViolation.STATUS_LINE);
    }
    boolean version11 = lines[7] != '0';
    int end = FieldParser.lineEnd(lines, 12);
    FieldLines fields = FieldParser.parse(lines, end + 2, limits.messages().maxFields());
    Framing said = Framing.of(fields, version11, Framing.UNTIL_CLOSE);
    boolean bodyless = status < 200 || status == 204;
    Framing framing = toHead || bodyless || status == 304 ? Framing.NONE : said;
    // RFC 9110 section 8.6: no Content-Length in 1xx and 204. A server that sends one may send the
    // bytes too.
    boolean odd = bodyless && said.kind() != Framing.Kind.UNTIL_CLOSE && !said.isEmpty();
    boolean reusable =
        !odd && framing.kind() != Framing.Kind.UNTIL_CLOSE && isPersistent(fields, version11);
    return new ResponseHead(status, fields, framing, version11, reusable);
  }

  /** RFC 9112 section 9.3. */
  static boolean isPersistent(FieldLines fields, boolean version11) {
    boolean keep = version11;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.CONNECTION)) {
        AsciiString value = fields.value(i);
        if (Tokens.contains(value, "close")) {
          return false;
        }
        keep |= Tokens.contains(value, "keep-alive");
      }
    }
    return keep;
  }

  private static int status(byte[] lines) {
    int status = 0;
    for (int i = 9; i < 12; i++) {
      if (lines[i] < '0' || lines[i] > '9') {
        return -1;
      }
      status = status * 10 + (lines[i] - '0');
    }
    return status;
  }
}
