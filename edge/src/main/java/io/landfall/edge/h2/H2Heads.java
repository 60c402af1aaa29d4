package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.Authority;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.RequestRules;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.Syntax;
import io.landfall.edge.http.Tokens;
import io.landfall.edge.http.TrailerRules;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Heads of messages to HTTP/2 field sections and back (RFC 9113 section 8). What comes from another
 * node is checked like what comes from a client: a field that HTTP/1 could read as two lines must
 * not get that far, whoever sent it.
 */
final class H2Heads {
  private static final byte[] NOTHING = {};
  private static final AsciiString ZERO = AsciiString.cached("0");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");

  private H2Heads() {}

  /**
   * A request's head.
   *
   * @param upgrade the protocol that it asks to switch to; null for none
   */
  static Http2Headers request(
      RequestHead request, FieldLines fields, @Nullable AsciiString upgrade) {
    Http2Headers out = new DefaultHttp2Headers(false, fields.size() + 8);
    if (upgrade == null) {
      out.method(request.method().name());
    } else {
      ExtendedConnect.put(out, upgrade);
    }
    out.scheme(request.scheme());
    out.authority(request.authority());
    out.path(AsciiString.of(request.target()));
    add(out, fields);
    if (takesTrailers(request.fields())) {
      // Of one hop, and so not among the fields that are passed on.
      out.add(FieldNames.TE, TRAILERS);
    }
    if (request.framing().kind() == Framing.Kind.LENGTH) {
      out.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Long.toString(request.framing().length())));
    }
    return out;
  }

  /** Whether who sent the request takes trailers (RFC 9110 section 10.1.4), as gRPC demands. */
  private static boolean takesTrailers(FieldLines fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.TE) && Tokens.contains(fields.value(i), TRAILERS)) {
        return true;
      }
    }
    return false;
  }

  static Http2Headers response(int status, FieldLines fields) {
    return ReadOnlyHttp2Headers.serverHeaders(
        false, HttpResponseStatus.valueOf(status).codeAsText(), flat(fields));
  }

  /** A flat list, for it is only walked over once: a map costs more than to encode it. */
  private static AsciiString[] flat(FieldLines fields) {
    AsciiString[] lines = new AsciiString[2 * fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      lines[2 * i] = fields.name(i);
      lines[2 * i + 1] = fields.value(i);
    }
    return lines;
  }

  private static void add(Http2Headers out, FieldLines fields) {
    for (int i = 0; i < fields.size(); i++) {
      out.add(fields.name(i), fields.value(i));
    }
  }

  /** What fields take in memory, about: names, values, and what HPACK counts for a line too. */
  static int bytes(FieldLines fields) {
    int bytes = fields.size() * H2Profile.FIELD_OVERHEAD_BYTES;
    for (int i = 0; i < fields.size(); i++) {
      bytes += fields.name(i).length() + fields.value(i).length();
    }
    return bytes;
  }

  /** The size of a field section (RFC 9113 section 6.5.2). */
  static long bytes(Http2Headers section) {
    long bytes = 0;
    for (Map.Entry<CharSequence, CharSequence> field : section) {
      bytes += H2Profile.FIELD_OVERHEAD_BYTES;
      bytes += field.getKey().length() + field.getValue().length();
    }
    return bytes;
  }

  /** A request from another node, refused like a client's if it is malformed. */
  static RequestHead acceptRequest(Http2Headers in, boolean ended, int maxFields)
      throws BadMessage {
    checkCount(in, maxFields);
    boolean connect = ExtendedConnect.isOne(in);
    AsciiString method = connect ? Method.GET.name() : text(in.method());
    AsciiString scheme = text(in.scheme());
    AsciiString authority = text(in.authority());
    AsciiString path = text(in.path());
    boolean http = RequestHead.HTTP.equals(scheme);
    if (method == null
        || !Syntax.isToken(method)
        || (!http && !RequestHead.HTTPS.equals(scheme))
        || authority == null
        || !isTarget(path)) {
      throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
    }
    FieldLines fields = fields(in);
    if (fields.has(FieldNames.HOST)) {
      throw new BadMessage(HttpViolation.HOST_REPEATED);
    }
    Framing framing = connect ? ExtendedConnect.framing(fields) : framing(fields, ended);
    if (connect) {
      ExtendedConnect.addTo(fields, in);
    }
    String target = path == null ? "/" : path.toString();
    Method known = Method.of(method);
    RequestRules.check(known, target, fields, true);
    return new RequestHead(
        known,
        http ? RequestHead.HTTP : RequestHead.HTTPS,
        authority,
        Authority.hostOf(authority, false),
        target,
        HttpVersion.HTTP_2,
        fields,
        framing);
  }

  /**
   * A client's request.
   *
   * @param scheme the scheme of the listener: what the client says of it is not relied on
   */
  static RequestHead acceptOfClient(
      Http2Headers in, boolean ended, AsciiString scheme, EdgeLimits limits) throws BadMessage {
    AsciiString name = text(in.method());
    if (name == null || !Syntax.isToken(name)) {
      throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
    }
    boolean connect = ExtendedConnect.isOne(in);
    Method method = connect ? Method.GET : Method.of(name);
    RequestRules.checkMethod(method);
    CharSequence said = in.scheme();
    AsciiString path = text(in.path());
    if (said == null
        || !(RequestHead.HTTP.contentEquals(said) || RequestHead.HTTPS.contentEquals(said))
        || path == null) {
      throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
    }
    if (path.length() > limits.messages().maxTargetBytes()) {
      throw new BadMessage(HttpViolation.TARGET_TOO_LONG);
    }
    if (!isTarget(path)) {
      throw new BadMessage(HttpViolation.TARGET);
    }
    FieldLines given = new ClientFields(in, limits).fields();
    FieldLines fields = connect ? ExtendedConnect.ofClient(given, in) : given;
    Framing framing = connect ? ExtendedConnect.framing(given) : framing(given, ended);
    AsciiString authority = authority(text(in.authority()), fields);
    String target = path.toString();
    RequestRules.check(method, target, fields, true);
    return new RequestHead(
        method,
        scheme,
        authority,
        Authority.hostOf(authority, true),
        target,
        HttpVersion.HTTP_2,
        fields,
        framing);
  }

  /** The pseudo-field, or else Host, which must not differ from it (RFC 9113 section 8.3.1). */
  private static AsciiString authority(@Nullable AsciiString pseudo, FieldLines fields)
      throws BadMessage {
    AsciiString authority = pseudo;
    boolean seen = false;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.HOST)) {
        if (seen) {
          throw new BadMessage(HttpViolation.HOST_REPEATED);
        }
        seen = true;
        if (authority != null && !authority.contentEqualsIgnoreCase(fields.value(i))) {
          throw new BadMessage(HttpViolation.HOST_DIFFERS);
        }
        authority = authority == null ? fields.value(i) : authority;
      }
    }
    if (authority == null) {
      throw new BadMessage(HttpViolation.HOST_MISSING);
    }
    return authority;
  }

  /** A response from another node or a backend. */
  static ResponseHead acceptResponse(Http2Headers in, boolean toHead, boolean ended, int maxFields)
      throws BadMessage {
    checkCount(in, maxFields);
    AsciiString text = text(in.status());
    int status = text == null || text.length() != 3 ? -1 : (int) Syntax.contentLength(text);
    if (status < 100 || status > 599) {
      throw new BadMessage(HttpViolation.STATUS_LINE);
    }
    FieldLines fields = fields(in);
    boolean bodyless = toHead || status < 200 || status == 204 || status == 304;
    if (!bodyless && ended && !fields.has(FieldNames.CONTENT_LENGTH)) {
      // The end of the stream says what HTTP/1 has to say in a field.
      fields.add(FieldNames.CONTENT_LENGTH, ZERO);
    }
    Framing framing = bodyless ? Framing.NONE : framing(fields, ended);
    return new ResponseHead(status, fields, framing, true, true);
  }

  /** Trailers as they are sent. */
  static Http2Headers trailers(FieldLines fields) {
    return ReadOnlyHttp2Headers.trailers(false, flat(fields));
  }

  /** A client's trailers, which are held to the rules of those over HTTP/1.1. */
  static FieldLines acceptTrailersOfClient(Http2Headers in, EdgeLimits limits) throws BadMessage {
    for (CharSequence name : in.names()) {
      if (isPseudo(name)) {
        throw new BadMessage(HttpViolation.PSEUDO_FIELDS);
      }
    }
    FieldLines trailers = new ClientFields(in, limits).fields();
    TrailerRules.check(trailers);
    return trailers;
  }

  /** Trailers of a request of another node, which are held to the rules of a client's. */
  static FieldLines acceptTrailers(Http2Headers in, int maxFields) throws BadMessage {
    FieldLines trailers = trailersOfResponse(in, maxFields);
    TrailerRules.check(trailers);
    return trailers;
  }

  /** Trailers of a response, from which the exchange drops what must not be one. */
  static FieldLines trailersOfResponse(Http2Headers in, int maxFields) throws BadMessage {
    checkCount(in, maxFields);
    return fields(in);
  }

  /**
   * A field that HPACK repeats from its table takes one byte on the wire, and an object for each
   * repetition here: so their number is bounded, not only their octets.
   */
  private static void checkCount(Http2Headers in, int maxFields) throws BadMessage {
    if (in.size() > maxFields) {
      throw new BadMessage(HttpViolation.TOO_MANY_FIELDS);
    }
  }

  private static Framing framing(FieldLines fields, boolean ended) throws BadMessage {
    Framing said = Framing.of(fields, true, ended ? Framing.NONE : Framing.CHUNKED);
    if (ended && !said.isEmpty()) {
      throw new BadMessage(HttpViolation.LENGTH_MISMATCH);
    }
    if (fields.has(FieldNames.TRANSFER_ENCODING)) {
      throw new BadMessage(HttpViolation.CODING);
    }
    return said;
  }

  private static FieldLines fields(Http2Headers in) throws BadMessage {
    FieldLines out = new FieldLines(in.size() + 2);
    for (Map.Entry<CharSequence, CharSequence> entry : in) {
      if (!isPseudo(entry.getKey())) {
        out.add(name(entry.getKey()), value(entry.getValue()));
      }
    }
    return out;
  }

  /** Whether it is the name of a pseudo-field (RFC 9113 section 8.3). */
  static boolean isPseudo(CharSequence name) {
    return name.length() > 0 && name.charAt(0) == ':';
  }

  /** A field's name, which is in lower case (RFC 9113 section 8.2.1). */
  static AsciiString name(CharSequence name) throws BadMessage {
    AsciiString known = FieldNames.intern(name);
    if (!isLowerToken(known)) {
      throw new BadMessage(HttpViolation.FIELD_NAME);
    }
    return known;
  }

  /** A field's value, which has no blank at an end (RFC 9113 section 8.2.1). */
  static AsciiString value(CharSequence text) throws BadMessage {
    AsciiString value = AsciiString.of(text);
    int last = value.length() - 1;
    if (!Syntax.isValue(value) || (last >= 0 && (isBlank(value, 0) || isBlank(value, last)))) {
      throw new BadMessage(HttpViolation.FIELD_VALUE);
    }
    return value;
  }

  private static boolean isBlank(AsciiString value, int at) {
    return value.byteAt(at) == ' ' || value.byteAt(at) == '\t';
  }

  private static boolean isLowerToken(AsciiString name) {
    for (int i = 0; i < name.length(); i++) {
      byte b = name.byteAt(i);
      if (!Syntax.isToken(b) || Syntax.lower(b) != b) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isTarget(@Nullable AsciiString path) {
    byte[] bytes = path == null ? NOTHING : path.toByteArray();
    return bytes.length > 0
        && Syntax.targetEnd(bytes, 0) == bytes.length
        && (bytes[0] == '/' || (bytes[0] == '*' && bytes.length == 1));
  }

  private static @Nullable AsciiString text(@Nullable CharSequence value) {
    return value == null ? null : AsciiString.of(value);
  }
}
