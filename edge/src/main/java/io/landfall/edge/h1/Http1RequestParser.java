package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.LastHost;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.RequestRules;
import io.landfall.edge.http.Syntax;
import io.netty.util.AsciiString;

/**
 * The head of an HTTP/1 request, from bytes to {@link RequestHead}, or refused by a {@link
 * HttpViolation}.
 *
 * <p>The target forms of RFC 9112 section 3.2: origin-form as it is; absolute-form is taken apart
 * and overrides Host, as section 3.2.2 wants; asterisk-form for OPTIONS only; authority-form is for
 * CONNECT, which is not offered.
 */
final class Http1RequestParser {
  private static final AsciiString NO_AUTHORITY = AsciiString.EMPTY_STRING;

  private Http1RequestParser() {}

  /**
   * Parses and checks.
   *
   * @param lines the head's lines with their CRLFs; field names in it become lower case
   * @param scheme the scheme of the listener
   */
  static RequestHead accept(byte[] lines, AsciiString scheme, EdgeLimits limits) throws BadMessage {
    return accept(lines, scheme, limits, new LastHost());
  }

  /** The same, with the host of the connection's request before. */
  static RequestHead accept(byte[] lines, AsciiString scheme, EdgeLimits limits, LastHost lastHost)
      throws BadMessage {
    int methodEnd = 0;
    while (Syntax.isToken(lines[methodEnd])) {
      methodEnd++;
    }
    if (methodEnd == 0 || lines[methodEnd] != ' ') {
      throw new BadMessage(HttpViolation.REQUEST_LINE);
    }
    int targetStart = methodEnd + 1;
    int targetEnd = Syntax.targetEnd(lines, targetStart);
    if (lines[targetEnd] != ' ') {
      throw new BadMessage(
          lines[targetEnd] == '\r' ? HttpViolation.REQUEST_LINE : HttpViolation.TARGET);
    }
    if (targetEnd == targetStart) {
      throw new BadMessage(HttpViolation.REQUEST_LINE);
    }
    boolean version11 = version(lines, targetEnd + 1);
    Method method = Method.of(new AsciiString(lines, 0, methodEnd, false));
    RequestRules.checkMethod(method);
    FieldLines fields = FieldParser.parse(lines, targetEnd + 11, limits.messages().maxFields());
    AsciiString authority = host(fields, version11, lastHost);
    String target;
    boolean absolute = false;
    if (lines[targetStart] == '/') {
      target = text(lines, targetStart, targetEnd);
    } else if (lines[targetStart] == '*' && targetEnd == targetStart + 1 && method.isOptions()) {
      target = "*";
    } else {
      absolute = true;
      int authorityStart = authorityOfAbsoluteForm(lines, targetStart, targetEnd);
      int authorityEnd = authorityStart;
      while (authorityEnd < targetEnd && lines[authorityEnd] != '/' && lines[authorityEnd] != '?') {
        authorityEnd++;
      }
      authority = new AsciiString(lines, authorityStart, authorityEnd - authorityStart, false);
      String rest = text(lines, authorityEnd, targetEnd);
      // RFC 9112 section 3.2.4: OPTIONS of no path is for the server as a whole.
      boolean ofServer = rest.isEmpty() && method.isOptions();
      target = ofServer ? "*" : rest.startsWith("/") ? rest : "/" + rest;
    }
    RequestRules.check(method, target, fields, version11);
    return new RequestHead(
        method,
        scheme,
        authority,
        lastHost.of(authority, absolute),
        target,
        HttpVersion.http1(version11),
        fields,
        Framing.of(fields, version11, Framing.NONE));
  }

  /** Whether it is HTTP/1.1; a later minor version is read as that (RFC 9110 section 2.5). */
  private static boolean version(byte[] lines, int at) throws BadMessage {
    int end = FieldParser.lineEnd(lines, at);
    boolean http1 =
        end == at + 8
            && lines[at] == 'H'
            && lines[at + 1] == 'T'
            && lines[at + 2] == 'T'
            && lines[at + 3] == 'P'
            && lines[at + 4] == '/'
            && lines[at + 5] == '1'
            && lines[at + 6] == '.';
    if (!http1 || lines[at + 7] < '0' || lines[at + 7] > '9') {
      throw new BadMessage(HttpViolation.VERSION);
    }
    return lines[at + 7] != '0';
  }

  private static AsciiString host(FieldLines fields, boolean version11, LastHost lastHost)
      throws BadMessage {
    AsciiString host = null;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.HOST)) {
        if (host != null) {
          throw new BadMessage(HttpViolation.HOST_REPEATED);
        }
        host = fields.value(i);
        // Checked also where absolute-form overrides it.
        lastHost.of(host, true);
      }
    }
    if (host == null) {
      if (version11) {
        throw new BadMessage(HttpViolation.HOST_MISSING);
      }
      return NO_AUTHORITY;
    }
    return host;
  }

  private static int authorityOfAbsoluteForm(byte[] lines, int from, int to) throws BadMessage {
    for (String scheme : new String[] {"http://", "https://"}) {
      int at = 0;
      while (at < scheme.length()
          && from + at < to
          && Syntax.lower(lines[from + at]) == scheme.charAt(at)) {
        at++;
      }
      if (at == scheme.length()) {
        return from + at;
      }
    }
    throw new BadMessage(HttpViolation.TARGET);
  }

  @SuppressWarnings("deprecation") // Latin-1 without a decoder; the bytes are checked to be ASCII.
  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, 0, from, to - from);
  }
}
