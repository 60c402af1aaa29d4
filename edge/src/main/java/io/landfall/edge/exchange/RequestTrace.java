package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
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

  private static final AsciiString YES = AsciiString.cached("1");
  private static final AsciiString NO = AsciiString.cached("0");
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

  private static final int HEX = 16;
  private static final int SAMPLED_FLAG = 1;

  private final AsciiString id;
  private final AsciiString parent;
  private final boolean begun;

  /** Makes spans; null if the request is not sampled. */
  private final @Nullable SplittableRandom spans;

  /** The span that the request is at this node; 0 for none. */
  private final long span;

  /** The span of the attempt that began last; 0 for none. */
  private long attemptSpan;

  private RequestTrace(
      AsciiString id,
      AsciiString parent,
      boolean begun,
      @Nullable SplittableRandom spans,
      long span) {
    this.id = id;
    this.parent = parent;
    this.begun = begun;
    this.spans = spans;
    this.span = span;
  }

  /** Who sent a request: by that its fields count, or do not. */
  enum Sender {
    /** A client: it may make up what it likes. */
    CLIENT,
    /** A trusted proxy. */
    PROXY,
    /** Another node. */
    NODE
  }

  /**
   * That of a request.
   *
   * @param in its fields
   * @param sender who sent it: the id of a client does not count
   * @param share which share of requests is sampled if none has decided that before; negative if
   *     there is no tracing here
   * @param random makes ids; they are no secret
   */
  static RequestTrace of(FieldLines in, Sender sender, double share, SplittableRandom random) {
    AsciiString given = sender == Sender.CLIENT ? null : only(in, REQUEST_ID);
    AsciiString came = only(in, TRACE_PARENT);
    String made = hex(random, 2);
    AsciiString id = given != null && isId(given) ? given : new AsciiString(made);
    AsciiString valid = came != null && isTraceParent(came) ? came : null;
    boolean sampled = share >= 0 && isSampled(in, valid, sender, share, random);
    return new RequestTrace(
        id,
        valid == null ? new AsciiString("00-" + made + "-" + hex(random, 1) + "-00") : valid,
        valid == null,
        sampled ? random : null,
        sampled ? newSpan(random) : 0);
  }

  /**
   * Whether a request is sampled: the node on which it landed decides that for both, and before it
   * a trusted proxy that sent a trace. A client does not: it could have all of its requests traced.
   */
  private static boolean isSampled(
      FieldLines in,
      @Nullable AsciiString traceParent,
      Sender sender,
      double share,
      SplittableRandom random) {
    AsciiString decided = sender == Sender.NODE ? only(in, FieldNames.LANDFALL_SAMPLED) : null;
    if (decided != null) {
      return decided.equals(YES);
    }
    if (sender == Sender.PROXY && traceParent != null) {
      return (flags(traceParent) & SAMPLED_FLAG) != 0;
    }
    return random.nextDouble() < share;
  }

  private static int flags(AsciiString traceParent) {
    return Character.digit(traceParent.charAt(FLAGS_AT), HEX) * HEX
        + Character.digit(traceParent.charAt(FLAGS_AT + 1), HEX);
  }

  private static long newSpan(SplittableRandom random) {
    return Math.max(1, random.nextLong() >>> 1);
  }

  /** That of what the cache fetches for this request: of the same id, with attempts of its own. */
  RequestTrace ofFetch() {
    return new RequestTrace(id, parent, begun, spans, span);
  }

  /** The id of the request. */
  AsciiString id() {
    return id;
  }

  /** The id of the trace that it is part of, 32 hexadecimal digits. */
  CharSequence traceId() {
    return parent.subSequence(TRACE_AT, TRACE_AT + TRACE_DIGITS);
  }

  /** The span that the request is at this node; 0 if it is not sampled. */
  long span() {
    return span;
  }

  /** The span in which it was sent; 0 if none is known. */
  long parentSpan() {
    return begun ? 0 : Long.parseUnsignedLong(parent, PARENT_AT, PARENT_AT + PARENT_DIGITS, HEX);
  }

  /** An attempt begins: the span that it is; 0 if the request is not sampled. */
  long nextSpan() {
    SplittableRandom random = spans;
    attemptSpan = random == null ? 0 : newSpan(random);
    return attemptSpan;
  }

  /** What another node is sent of whether the request is sampled. */
  AsciiString sampled() {
    return span == 0 ? NO : YES;
  }

  /**
   * The fields as they go to the place of the attempt under way: what is done there belongs to its
   * span. As they are, if the request is not sampled: whoever traces it by another decision finds
   * its own span in them.
   */
  FieldLines inAttempt(FieldLines fields) {
    if (attemptSpan == 0) {
      return fields;
    }
    FieldLines out = new FieldLines(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      out.add(name, name.equals(TRACE_PARENT) ? ofAttempt() : fields.value(i));
    }
    return out;
  }

  private AsciiString ofAttempt() {
    int flags = flags(parent) | SAMPLED_FLAG;
    return new AsciiString(
        "00-"
            + traceId()
            + "-"
            + digits(attemptSpan)
            + (flags < HEX ? "-0" : "-")
            + Integer.toHexString(flags));
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
      text.append(digits(newSpan(random)));
    }
    return text.toString();
  }

  private static String digits(long number) {
    String digits = Long.toHexString(number);
    return "0".repeat(DIGITS_OF_LONG - digits.length()) + digits;
  }
}
