package io.landfall.edge.cache;

import io.landfall.cache.StoredFields;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.netty.util.AsciiString;

/** Which fields of a response are kept with it. */
final class KeptFields {
  private KeptFields() {}

  /**
   * What is said between nodes, and of the way that a response took, is not of the response; what
   * is about the very bytes of one part is of no use beside another one.
   *
   * @param whole whether the response has all of the body
   */
  static void add(FieldLines fields, CharSequence name, CharSequence value, boolean whole) {
    AsciiString known = FieldNames.intern(name);
    boolean ofTheWay =
        FieldNames.isPrivate(known) && !known.equals(FieldNames.LANDFALL_CACHE_CONTROL);
    boolean left =
        known.equals(FieldNames.PROXY_STATUS) || (!whole && StoredFields.isOfContent(known));
    if (!ofTheWay && !left) {
      fields.add(own(known), own(AsciiString.of(value)));
    }
  }

  /** A copy of text that is a part of something larger, such as a received head. */
  private static AsciiString own(AsciiString text) {
    return text.array().length == text.length() ? text : new AsciiString(text.toByteArray(), false);
  }
}
