package io.landfall.edge.cache;

import io.landfall.cache.ByteRange;
import io.landfall.cache.ContentRange;
import io.landfall.cache.RangeAnswer;
import io.landfall.edge.cache.StoredAnswer.Moment;
import io.landfall.edge.cache.StoredAnswer.Part;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Several ranges of a stored body as one response (RFC 9110 section 14.6). */
final class MultipartRanges {
  private static final int PARTIAL = 206;

  private MultipartRanges() {}

  static StoredAnswer of(StoredResponse stored, Moment now, RangeAnswer.Parts ranges) {
    // No body can be made to contain it.
    String boundary = Long.toHexString(ThreadLocalRandom.current().nextLong());
    AsciiString type = stored.head().fields().first(FieldNames.CONTENT_TYPE);
    List<Part> parts = new ArrayList<>();
    long length = 0;
    for (ByteRange range : ranges.ranges()) {
      ContentRange content = new ContentRange(range.first(), range.last(), ranges.length());
      String before =
          "\r\n--"
              + boundary
              + (type == null ? "" : "\r\ncontent-type: " + type)
              + "\r\ncontent-range: "
              + content.text()
              + "\r\n\r\n";
      length += before.length() + content.bytes();
      parts.add(new Part(bytes(before), range.first(), range.last() + 1));
    }
    String last = "\r\n--" + boundary + "--\r\n";
    parts.add(new Part(bytes(last), 0, 0));
    ResponseHead head =
        StoredAnswer.head(stored, now, PARTIAL, Framing.length(length + last.length()));
    FieldLines out = new FieldLines(head.fields().size() + 1);
    for (int i = 0; i < head.fields().size(); i++) {
      if (!head.fields().name(i).equals(FieldNames.CONTENT_TYPE)) {
        out.add(head.fields().name(i), head.fields().value(i));
      }
    }
    out.add(FieldNames.CONTENT_TYPE, AsciiString.of("multipart/byteranges; boundary=" + boundary));
    return new StoredAnswer(
        new ResponseHead(PARTIAL, out, head.framing(), head.version11(), true), parts);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
