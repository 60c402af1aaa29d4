package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.TrailerRules;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of an HTTP/1 message out of a growing buffer, piece by piece and without copying.
 * Chunk sizes are plain hexadecimal; chunk extensions are checked and dropped (RFC 9112 section
 * 7.1.1); trailers are kept for whoever passes them on (RFC 9110 section 6.5). Of a request a field
 * that must not be one breaks the body; of a response it is dropped where that is passed on.
 */
final class BodyReader {
  private static final int MAX_SIZE_DIGITS = 15;
  private static final int MAX_SIZE_LINE = 256;

  private enum State {
    DATA,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS,
    UNTIL_CLOSE,
    DONE
  }

  private final EdgeLimits limits;
  private final boolean ofResponses;
  private final HeaderSectionReader trailers;
  private State state = State.DONE;
  private long remaining;
  private @Nullable FieldLines trailerFields;

  private BodyReader(EdgeLimits limits, boolean ofResponses) {
    this.limits = limits;
    this.ofResponses = ofResponses;
    this.trailers = HeaderSectionReader.trailers(limits);
  }

  /** For bodies of requests, in which nothing stands between a chunk's size and its extension. */
  static BodyReader ofRequests(EdgeLimits limits) {
    return new BodyReader(limits, false);
  }

  /** For bodies of responses, in which blanks may (RFC 9112 section 7.1.1). */
  static BodyReader ofResponses(EdgeLimits limits) {
    return new BodyReader(limits, true);
  }

  void start(Framing framing) {
    remaining = framing.length();
    trailerFields = null;
    state =
        switch (framing.kind()) {
          case NONE -> State.DONE;
          case LENGTH -> framing.length() == 0 ? State.DONE : State.DATA;
          case CHUNKED -> State.CHUNK_SIZE;
          case UNTIL_CLOSE -> State.UNTIL_CLOSE;
        };
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /** What came behind the chunks; null if that was nothing. */
  @Nullable FieldLines trailers() {
    return trailerFields;
  }

  /** Whether the body ends where the connection does. */
  boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /**
   * The next piece of the body, which the caller releases; null if there is none in the buffer. The
   * body may be done after this, with or without a piece.
   */
  @Nullable ByteBuf next(ByteBuf in) throws BadMessage {
    while (in.isReadable()) {
      switch (state) {
        case DONE -> {
          return null;
        }
        case UNTIL_CLOSE -> {
          return in.readRetainedSlice(in.readableBytes());
        }
        case DATA, CHUNK_DATA -> {
          int length = (int) Math.min(remaining, in.readableBytes());
          remaining -= length;
          if (remaining == 0) {
            state = state == State.DATA ? State.DONE : State.CHUNK_END;
          }
          return in.readRetainedSlice(length);
        }
        case CHUNK_SIZE -> {
          if (!readSize(in)) {
            return null;
          }
        }
        case CHUNK_END -> {
          if (!readChunkEnd(in)) {
            return null;
          }
        }
        case TRAILERS -> {
          byte[] lines = trailers.cut(in);
          if (lines == null) {
            return null;
          }
          readTrailers(lines);
          state = State.DONE;
        }
      }
    }
    return null;
  }

  private boolean readSize(ByteBuf in) throws BadMessage {
    int start = in.readerIndex();
    int lineFeed = in.indexOf(start, in.writerIndex(), (byte) '\n');
    int length = (lineFeed < 0 ? in.writerIndex() : lineFeed) - start;
    if (length > MAX_SIZE_LINE) {
      throw new BadMessage(HttpViolation.CHUNK_EXTENSION);
    }
    if (lineFeed < 0) {
      return false;
    }
    if (length == 0 || in.getByte(lineFeed - 1) != '\r') {
      throw new BadMessage(HttpViolation.BARE_LINE_FEED);
    }
    int end = lineFeed - 1;
    int at = start;
    long size = 0;
    for (int digit; at < end && (digit = Character.digit(in.getByte(at), 16)) >= 0; at++) {
      size = size * 16 + digit;
      if (at - start == MAX_SIZE_DIGITS) {
        throw new BadMessage(HttpViolation.CHUNK_SIZE);
      }
    }
    int next = ofResponses ? ChunkExtensions.blanks(in, at, end) : at;
    if (at == start || (next < end && in.getByte(next) != ';')) {
      throw new BadMessage(HttpViolation.CHUNK_SIZE);
    }
    ChunkExtensions.check(in, next, end);
    in.readerIndex(lineFeed + 1);
    remaining = size;
    state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
    return true;
  }

  private boolean readChunkEnd(ByteBuf in) throws BadMessage {
    int start = in.readerIndex();
    if (in.getByte(start) != '\r' || (in.readableBytes() > 1 && in.getByte(start + 1) != '\n')) {
      throw new BadMessage(HttpViolation.CHUNK_END);
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    in.skipBytes(2);
    state = State.CHUNK_SIZE;
    return true;
  }

  private void readTrailers(byte[] lines) throws BadMessage {
    FieldLines fields = FieldParser.parse(lines, 0, limits.messages().maxFields());
    if (!ofResponses) {
      TrailerRules.check(fields);
    }
    trailerFields = fields.size() == 0 ? null : fields;
  }
}
