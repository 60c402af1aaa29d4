package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * By what one request is found again in the logs of nodes and backends: X-Request-ID, which is
 * taken from another node or a trusted proxy and made for all others, and traceparent (W3C Trace
 * Context), which is passed on where it is valid, and begun here where there is none.
 */
final class RequestTrace {
  /** The longest id that is taken from others, in characters. */
  static final int MAX_ID = 128;

  private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  private static final AsciiString TRACE_PARENT = AsciiString.cached("traceparent");
  private static final AsciiString TRACE_STATE = AsciiString.cached("tracestate");

  // Of traceparent: version, trace-id, parent-id and trace-flags, with hyphens between them.
  private static final int TRACE_AT = 3;
  private static final int TRACE_DIGITS = 32;
  private static final int PARENT_AT = 36;
  private static final int PARENT_DIGITS = 16;
  private static final int FLAGS_AT = 53;
  private static final int LENGTH = 55;
  private static final int DIGITS_OF_LONG = 16;

  private final AsciiString id;
  private final AsciiString parent;
  private final boolean begun;

  private RequestTrace(AsciiString id, AsciiString parent, boolean begun) {
    this.id = id;
    this.parent = parent;
    this.begun = begun;
  }

  /**
   * That of a request.
   *
   * @param in its fields
   * @param trusted whether a node or a trusted proxy sent it, whose id counts
   * @param random makes ids; they are no secret
   */
  static RequestTrace of(FieldLines in, boolean trusted, SplittableRandom random) {
    AsciiString given = trusted ? only(in, REQUEST_ID) : null;
    AsciiString came = only(in, TRACE_PARENT);
    String made = hex(random, 2);
    AsciiString id = given != null && isId(given) ? given : new AsciiString(made);
    return came != null && isTraceParent(came)
        ? new RequestTrace(id, came, false)
        : new RequestTrace(id, new AsciiString("00-" + made + "-" + hex(random, 1) + "-00"), true);
  }

  /** The id of the request. */
  AsciiString id() {
    return id;
  }

  /** The id of the trace that it is part of, 32 hexadecimal digits. */
  CharSequence traceId() {
    return parent.subSequence(TRACE_AT, TRACE_AT + TRACE_DIGITS);
  }

  /** The fields with these in place of what the request had of them. */
  FieldLines in(FieldLines fields) {
    FieldLines out = new FieldLines(fields.size() + 2);
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      boolean replaced =
          name.equals(REQUEST_ID)
              || name.equals(TRACE_PARENT)
              || (begun && name.equals(TRACE_STATE));
      if (!replaced) {
        out.add(name, fields.value(i));
      }
    }
    out.add(REQUEST_ID, id);
    out.add(TRACE_PARENT, parent);
    return out;
  }

  /** The value of a field that must stand there once; null if it does not. */
  private static @Nullable AsciiString only(FieldLines fields, AsciiString name) {
    AsciiString found = null;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(name)) {
        if (found != null) {
          return null;
        }
        found = fields.value(i);
      }
    }
    return found;
  }

  private static boolean isId(AsciiString text) {
    if (text.isEmpty() || text.length() > MAX_ID) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  /** Section 3.2.2 of W3C Trace Context; a later version may be longer. */
  private static boolean isTraceParent(AsciiString text) {
    if (text.length() < LENGTH
        || !areDigits(text, 0, 2)
        || text.startsWith("ff")
        || (text.length() > LENGTH && (text.startsWith("00") || text.charAt(LENGTH) != '-'))) {
      return false;
    }
    return text.charAt(TRACE_AT - 1) == '-'
        && text.charAt(PARENT_AT - 1) == '-'
        && text.charAt(FLAGS_AT - 1) == '-'
        && areDigits(text, TRACE_AT, TRACE_DIGITS)
        && areDigits(text, PARENT_AT, PARENT_DIGITS)
        && areDigits(text, FLAGS_AT, 2)
        && !areZeros(text, TRACE_AT, TRACE_DIGITS)
        && !areZeros(text, PARENT_AT, PARENT_DIGITS);
  }

  private static boolean areDigits(AsciiString text, int from, int count) {
    for (int i = from; i < from + count; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean areZeros(AsciiString text, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  /** So many numbers, none of them 0, as 16 hexadecimal digits each. */
  private static String hex(SplittableRandom random, int longs) {
    StringBuilder text = new StringBuilder(longs * DIGITS_OF_LONG);
    for (int i = 0; i < longs; i++) {
      String digits = Long.toHexString(Math.max(1, random.nextLong() >>> 1));
      text.repeat('0', DIGITS_OF_LONG - digits.length()).append(digits);
    }
    return text.toString();
  }
}
