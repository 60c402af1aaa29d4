package io.landfall.edge.h1;

import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.Syntax;
import io.netty.util.AsciiString;

/**
 * Field lines to {@link FieldLines} (RFC 9112 section 5), strictly: a token, a colon at once, a
 * value without control bytes, no folding. Names are made lower case in place; values are views of
 * the given bytes.
 */
final class FieldParser {
  /** Lines for which there is room at first at most: what a browser sends. */
  private static final int MOST_ROOM = 16;

  private static final int SHORT_LINE_BYTES = 16;

  private FieldParser() {}

  static FieldLines parse(byte[] lines, int from, int maxFields) throws BadMessage {
    FieldLines fields = new FieldLines(room(lines.length - from));
    int at = from;
    while (at < lines.length) {
      if (fields.size() == maxFields) {
        throw new BadMessage(HttpViolation.TOO_MANY_FIELDS);
      }
      at = parseLine(lines, at, fields);
    }
    return fields;
  }

  /** For how many lines there is room at first, by their bytes: short heads get less. */
  private static int room(int bytes) {
    return Math.min(MOST_ROOM, 2 + bytes / SHORT_LINE_BYTES);
  }

  private static int parseLine(byte[] lines, int start, FieldLines fields) throws BadMessage {
    if (lines[start] == ' ' || lines[start] == '\t') {
      throw new BadMessage(HttpViolation.FOLDED_FIELD);
    }
    int colon = start;
    while (Syntax.isToken(lines[colon])) {
      lines[colon] = Syntax.lower(lines[colon]);
      colon++;
    }
    if (colon == start || lines[colon] != ':') {
      throw new BadMessage(HttpViolation.FIELD_NAME);
    }
    int valueStart = colon + 1;
    while (lines[valueStart] == ' ' || lines[valueStart] == '\t') {
      valueStart++;
    }
    int end = lineEnd(lines, valueStart);
    int valueEnd = end;
    while (valueEnd > valueStart && (lines[valueEnd - 1] == ' ' || lines[valueEnd - 1] == '\t')) {
      valueEnd--;
    }
    fields.add(
        FieldNames.intern(lines, start, colon - start),
        new AsciiString(lines, valueStart, valueEnd - valueStart, false));
    return end + 2;
  }

  /** The index of the CR that ends the line, all before it being allowed in a value. */
  static int lineEnd(byte[] lines, int from) throws BadMessage {
    int at = from;
    while (Syntax.isValue(lines[at])) {
      at++;
    }
    if (lines[at] != '\r') {
      throw new BadMessage(HttpViolation.FIELD_VALUE);
    }
    if (lines[at + 1] != '\n') {
      throw new BadMessage(HttpViolation.BARE_CARRIAGE_RETURN);
    }
    return at;
  }
}
