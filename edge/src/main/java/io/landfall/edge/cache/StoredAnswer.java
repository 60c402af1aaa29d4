package io.landfall.edge.cache;

import io.landfall.cache.ByteRange;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.CodedFields;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionRule;
import io.landfall.cache.ContentRange;
import io.landfall.cache.Preconditions;
import io.landfall.cache.RangeAnswer;
import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.NumberedTexts;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request gets of a stored response: a head, and which bytes of the body.
 *
 * @param head the head
 * @param parts what follows it, in order; empty for a head alone
 */
record StoredAnswer(ResponseHead head, List<Part> parts) {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int NO_CONTENT = 204;

  /** Age, Content-Length, Content-Range, Cache-Status, Via, Proxy-Status, Content-Type. */
  private static final int MORE_FIELDS = 7;

  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final AsciiString NO_STORE = AsciiString.cached("no-store");

  /**
   * A part of what is sent.
   *
   * @param before bytes that are sent before it; empty but for several ranges
   * @param from the first byte of the stored body
   * @param to behind the last one; {@link Body#UNKNOWN} for all there will be
   */
  record Part(byte[] before, long from, long to) {
    /** A part of the body alone. */
    static Part of(long from, long to) {
      return new Part(NOTHING, from, to);
    }
  }

  private static final byte[] NOTHING = {};
  private static final List<Part> ALL = List.of(new Part(NOTHING, 0, Body.UNKNOWN));

  /**
   * Who makes answers at a moment.
   *
   * @param toNode whether another node asks, which is given what caches are told
   * @param wallMillis the time of day
   * @param ageSeconds how old the response is
   * @param length the length of what is sent, {@link Body#UNKNOWN} while that is not known
   * @param coding the variant that is sent; null for the body as it was received
   */
  record Moment(
      boolean toNode, long wallMillis, long ageSeconds, long length, @Nullable Coding coding) {
    /** Of the body as it was received. */
    Moment(boolean toNode, long wallMillis, long ageSeconds, long length) {
      this(toNode, wallMillis, ageSeconds, length, null);
    }
  }

  /** The answer to a request. */
  static StoredAnswer of(CacheRequest request, StoredResponse stored, Moment now) {
    StoredMeta meta = stored.meta();
    boolean head = isHead(request);
    if (Preconditions.evaluate(request, meta, now.wallMillis()) == Preconditions.NOT_MODIFIED) {
      FieldLines fields = filtered(stored, now, NOT_MODIFIED, request);
      return new StoredAnswer(head(stored, now, NOT_MODIFIED, Framing.NONE, fields), List.of());
    }
    RangeAnswer ranges =
        now.length() == Body.UNKNOWN || isWholeForCodings(request, stored, now)
            ? new RangeAnswer.Whole()
            : RangeAnswer.decide(request, meta, now.length(), now.wallMillis());
    return switch (ranges) {
      case RangeAnswer.Whole whole -> whole(stored, now, head);
      case RangeAnswer.Unsatisfiable none -> unsatisfiable(stored, none.length());
      case RangeAnswer.Parts parts when parts.ranges().size() == 1 ->
          part(stored, now, parts.ranges().getFirst(), parts.length());
      case RangeAnswer.Parts parts -> MultipartRanges.of(stored, now, parts);
    };
  }

  /** Whether it gets the whole whatever part it asks for, since there are variants. */
  private static boolean isWholeForCodings(
      CacheRequest request, StoredResponse stored, Moment now) {
    boolean varies = stored.head().codable() && !now.toNode();
    return now.coding() != null || (varies && CompressionRule.isPartByDate(request));
  }

  private static boolean isHead(CacheRequest request) {
    return AsciiString.contentEquals(request.method(), "HEAD");
  }

  private static StoredAnswer whole(StoredResponse stored, Moment now, boolean toHead) {
    boolean known = now.length() != Body.UNKNOWN;
    Framing framing = known ? Framing.length(now.length()) : Framing.CHUNKED;
    int status = stored.part() == null ? stored.meta().status() : OK;
    ResponseHead made = head(stored, now, status, toHead ? Framing.NONE : framing);
    return new StoredAnswer(made, toHead || now.length() == 0 ? List.of() : ALL);
  }

  /**
   * 416: an answer to this one request, which no cache behind may take for the object. So it has
   * nothing of the object but its length, and what a browser needs to read it.
   */
  static StoredAnswer unsatisfiable(StoredResponse stored, long length) {
    FieldLines in = stored.head().fields();
    FieldLines out = new FieldLines(MORE_FIELDS);
    for (int i = 0; i < in.size(); i++) {
      boolean ofTheOrigin = in.name(i).startsWith("access-control-");
      if (ofTheOrigin || in.name(i).equals(FieldNames.DATE)) {
        out.add(in.name(i), in.value(i));
      }
    }
    out.add(FieldNames.CACHE_CONTROL, NO_STORE);
    out.add(FieldNames.CONTENT_RANGE, AsciiString.of(ContentRange.unsatisfied(length)));
    out.add(FieldNames.CONTENT_LENGTH, AsciiString.of("0"));
    Framing framing = Framing.length(0);
    return new StoredAnswer(
        new ResponseHead(UNSATISFIABLE, out, framing, stored.head().version11(), true), List.of());
  }

  private static StoredAnswer part(
      StoredResponse stored, Moment now, ByteRange range, long length) {
    ContentRange content = new ContentRange(range.first(), range.last(), length);
    ResponseHead made = head(stored, now, PARTIAL, Framing.length(content.bytes()));
    made.fields().add(FieldNames.CONTENT_RANGE, AsciiString.of(content.text()));
    return new StoredAnswer(made, List.of(new Part(NOTHING, range.first(), range.last() + 1)));
  }

  /** A head with the fields that its status allows, and a length that fits. */
  static ResponseHead head(StoredResponse stored, Moment now, int status, Framing framing) {
    Coding coding = now.coding();
    boolean others = status == PARTIAL && stored.hasFieldsOfContent();
    FieldLines out;
    if (now.toNode() || others) {
      out = filtered(stored, now, status, null);
    } else if (coding != null) {
      out = stored.fieldsOf(coding, MORE_FIELDS);
    } else {
      out = stored.fieldsForClient(MORE_FIELDS);
    }
    return head(stored, now, status, framing, out);
  }

  private static ResponseHead head(
      StoredResponse stored, Moment now, int status, Framing framing, FieldLines out) {
    out.add(FieldNames.AGE, NumberedTexts.DECIMALS.of(now.ageSeconds()));
    boolean whole = status == stored.meta().status();
    boolean ofWhole = whole && framing.kind() == Framing.Kind.NONE && now.length() >= 0;
    long length = ofWhole ? now.length() : framing.length();
    boolean bodiless = status == NO_CONTENT;
    if (!bodiless && (framing.kind() == Framing.Kind.LENGTH || ofWhole)) {
      out.add(FieldNames.CONTENT_LENGTH, NumberedTexts.DECIMALS.of(length));
    }
    return new ResponseHead(status, out, framing, stored.head().version11(), true);
  }

  /**
   * The fields for a node, or of a 304.
   *
   * @param asked the request, if it is answered by 304
   */
  private static FieldLines filtered(
      StoredResponse stored, Moment now, int status, @Nullable CacheRequest asked) {
    FieldLines in = now.toNode() ? stored.head().fields() : stored.toClients();
    boolean varies = !now.toNode() && stored.head().codable();
    FieldLines out = new FieldLines(in.size() + MORE_FIELDS);
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      boolean left =
          name.equals(FieldNames.CONTENT_LENGTH)
              || (status == NOT_MODIFIED && !StoredFields.isInNotModified(name))
              || (status == PARTIAL && StoredFields.isOfContent(name));
      if (asked != null
          && varies
          && name.equals(FieldNames.ETAG)
          && !CodedFields.isTagKept(asked, in.value(i))) {
        out.add(name, AsciiString.of(CodedFields.weak(in.value(i))));
      } else if (!left) {
        out.add(name, in.value(i));
      }
    }
    return out;
  }
}
