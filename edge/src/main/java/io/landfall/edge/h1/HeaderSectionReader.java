package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HttpViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a header or trailer section in a growing buffer and cuts it out. Lines end with
 * CRLF and nothing else (RFC 9112 section 2.2 allows a lone LF; that leniency is a smuggling
 * vector). It remembers how far it looked, so slow senders cost no rescans.
 */
final class HeaderSectionReader {
  /** More empty lines than this before a request are no carelessness of a client any more. */
  private static final int MAX_EMPTY_LINES = 2;

  private final int maxFirstLine;
  private final int maxBytes;
  private final boolean emptyFirstLineEnds;
  private final int maxEmptyLines;

  private int scanned;
  private int lineStart;
  private boolean firstLine = true;
  private int emptyLines;

  private HeaderSectionReader(
      int maxFirstLine, int maxBytes, boolean emptyFirstLineEnds, int maxEmptyLines) {
    this.maxFirstLine = maxFirstLine;
    this.maxBytes = maxBytes;
    this.emptyFirstLineEnds = emptyFirstLineEnds;
    this.maxEmptyLines = maxEmptyLines;
  }

  /** For heads of requests; some empty lines before one are skipped (RFC 9112 section 2.2). */
  static HeaderSectionReader requests(EdgeLimits limits) {
    return new HeaderSectionReader(
        limits.messages().maxTargetBytes(),
        limits.messages().maxHeadBytes(),
        false,
        MAX_EMPTY_LINES);
  }

  /** For heads of responses, before which nothing may stand. */
  static HeaderSectionReader responses(EdgeLimits limits) {
    return new HeaderSectionReader(
        limits.messages().maxTargetBytes(), limits.messages().maxHeadBytes(), false, 0);
  }

  /** For trailer sections, which an empty line ends even when it is the first. */
  static HeaderSectionReader trailers(EdgeLimits limits) {
    return new HeaderSectionReader(
        limits.messages().maxHeadBytes(), limits.messages().maxHeadBytes(), true, 0);
  }

  /** Whether the first byte of a section was seen and its end was not. */
  boolean isInside() {
    return scanned > 0;
  }

  /**
   * Cuts the section out of the buffer if its end is there.
   *
   * @return the lines, each with its CRLF, without the empty line at the end; null if the end is
   *     not there yet
   */
  byte @Nullable [] cut(ByteBuf in) throws BadMessage {
    while (true) {
      int start = in.readerIndex();
      int lineFeed = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
      if (lineFeed < 0) {
        scanned = in.readableBytes();
        checkSize(scanned, scanned - lineStart);
        return null;
      }
      int at = lineFeed - start;
      if (at == lineStart || in.getByte(lineFeed - 1) != '\r') {
        throw new BadMessage(HttpViolation.BARE_LINE_FEED);
      }
      int lineLength = at - 1 - lineStart;
      if (lineLength > 0) {
        checkSize(at, lineLength);
        firstLine = false;
        lineStart = at + 1;
        scanned = at + 1;
      } else if (firstLine && !emptyFirstLineEnds) {
        if (emptyLines == maxEmptyLines) {
          throw new BadMessage(
              maxEmptyLines == 0 ? HttpViolation.STATUS_LINE : HttpViolation.REQUEST_LINE);
        }
        in.skipBytes(2);
        emptyLines++;
        scanned = 0;
      } else {
        byte[] lines = new byte[at - 1];
        in.readBytes(lines);
        in.skipBytes(2);
        reset();
        return lines;
      }
    }
  }

  private void checkSize(int bytes, int lineLength) throws BadMessage {
    if (firstLine && lineLength > maxFirstLine) {
      throw new BadMessage(
          emptyFirstLineEnds ? HttpViolation.HEAD_TOO_LARGE : HttpViolation.TARGET_TOO_LONG);
    }
    if (bytes > maxBytes) {
      throw new BadMessage(HttpViolation.HEAD_TOO_LARGE);
    }
  }

  private void reset() {
    scanned = 0;
    lineStart = 0;
    firstLine = true;
    emptyLines = 0;
  }
}
