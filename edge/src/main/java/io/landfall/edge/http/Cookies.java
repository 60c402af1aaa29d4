package io.landfall.edge.http;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;

/**
 * The cookies of a request (RFC 6265 section 4.2.1), as servers read them: pairs between
 * semicolons, names by case, and what is no pair has no name. Nothing is refused: a client may send
 * anything in that field.
 */
public final class Cookies {
  private static final char END = ';';

  private Cookies() {}

  /** The values of a cookie, the first ones of a request in their order. */
  public static List<AsciiString> values(FieldLines fields, AsciiString name, int most) {
    List<AsciiString> values = new ArrayList<>(1);
    for (int i = 0; i < fields.size() && values.size() < most; i++) {
      if (!fields.name(i).equals(FieldNames.COOKIE)) {
        continue;
      }
      AsciiString line = fields.value(i);
      for (int at = 0; at <= line.length() && values.size() < most; at = end(line, at) + 1) {
        AsciiString pair = line.subSequence(at, end(line, at), false).trim();
        if (isOf(pair, name)) {
          values.add(pair.subSequence(pair.indexOf('=', 0) + 1, pair.length(), false).trim());
        }
      }
    }
    return values;
  }

  /** The fields without a cookie, however often it is there; the same object if it is not. */
  public static FieldLines without(FieldLines fields, AsciiString name) {
    if (values(fields, name, 1).isEmpty()) {
      return fields;
    }
    FieldLines out = new FieldLines(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      AsciiString value = fields.value(i);
      if (fields.name(i).equals(FieldNames.COOKIE)) {
        value = without(value, name);
      }
      if (!value.isEmpty() || fields.value(i).isEmpty()) {
        out.add(fields.name(i), value);
      }
    }
    return out;
  }

  private static AsciiString without(AsciiString line, AsciiString name) {
    StringBuilder left = new StringBuilder(line.length());
    for (int at = 0; at <= line.length(); at = end(line, at) + 1) {
      AsciiString pair = line.subSequence(at, end(line, at), false).trim();
      if (!pair.isEmpty() && !isOf(pair, name)) {
        left.append(left.isEmpty() ? "" : "; ").append(pair);
      }
    }
    return new AsciiString(left);
  }

  /** Whether a pair, without the blanks around it, is of that name. */
  private static boolean isOf(AsciiString pair, AsciiString name) {
    int equals = pair.indexOf('=', 0);
    return equals >= name.length() && pair.subSequence(0, equals, false).trim().equals(name);
  }

  private static int end(AsciiString line, int from) {
    int end = from < line.length() ? line.indexOf(END, from) : -1;
    return end < 0 ? line.length() : end;
  }
}
