package io.landfall.edge.h1;

import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.Syntax;
import io.netty.buffer.ByteBuf;

/** The extensions of a chunk line (RFC 9112 section 7.1.1), which are checked and dropped. */
final class ChunkExtensions {
  private ChunkExtensions() {}

  /** Checks all that stands behind a chunk's size: nothing, or extensions from a semicolon on. */
  static void check(ByteBuf in, int from, int end) throws BadMessage {
    int at = from;
    while (at < end) {
      if (in.getByte(at) != ';') {
        throw new BadMessage(HttpViolation.CHUNK_EXTENSION);
      }
      at = blanks(in, token(in, blanks(in, at + 1, end), end), end);
      if (at < end && in.getByte(at) == '=') {
        int value = blanks(in, at + 1, end);
        boolean quoted = value < end && in.getByte(value) == '"';
        at = blanks(in, quoted ? quoted(in, value + 1, end) : token(in, value, end), end);
      }
    }
  }

  /** Where blanks end that may begin there. */
  static int blanks(ByteBuf in, int from, int end) {
    int at = from;
    while (at < end && (in.getByte(at) == ' ' || in.getByte(at) == '\t')) {
      at++;
    }
    return at;
  }

  private static int token(ByteBuf in, int from, int end) throws BadMessage {
    int at = from;
    while (at < end && Syntax.isToken(in.getByte(at))) {
      at++;
    }
    if (at == from) {
      throw new BadMessage(HttpViolation.CHUNK_EXTENSION);
    }
    return at;
  }

  /** Behind the end of a quoted string of which the first quote was read. */
  private static int quoted(ByteBuf in, int from, int end) throws BadMessage {
    for (int at = from; at < end; at++) {
      byte b = in.getByte(at);
      if (b == '"') {
        return at + 1;
      }
      if (b == '\\') {
        at++;
      }
      if (at == end || !Syntax.isValue(in.getByte(at))) {
        break;
      }
    }
    throw new BadMessage(HttpViolation.CHUNK_EXTENSION);
  }
}
