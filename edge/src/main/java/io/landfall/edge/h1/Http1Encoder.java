package io.landfall.edge.h1;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.StatusPhrases;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Messages of HTTP/1.1 to bytes (RFC 9112). Everything is written anew from its parsed form; no
 * byte of a received head or chunk line is copied through.
 */
final class Http1Encoder {
  private static final AsciiString HTTP_11 = AsciiString.cached(" HTTP/1.1\r\nhost: ");
  private static final AsciiString CHUNKED_LINE = AsciiString.cached("transfer-encoding: chunked");
  private static final AsciiString CLOSE_LINE = AsciiString.cached("connection: close");
  private static final AsciiString KEEP_LINE = AsciiString.cached("connection: keep-alive");
  private static final AsciiString UPGRADE_LINE = AsciiString.cached("connection: upgrade");
  private static final AsciiString UPGRADE_PREFIX = AsciiString.cached("upgrade: ");
  private static final AsciiString LENGTH_PREFIX = AsciiString.cached("content-length: ");
  private static final AsciiString[] STATUS_LINES = new AsciiString[600];
  private static final int CRLF = ('\r' << 8) | '\n';
  private static final int COLON_SPACE = (':' << 8) | ' ';

  private static final ByteBuf LINE_END = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  static {
    for (int status = 100; status < STATUS_LINES.length; status++) {
      STATUS_LINES[status] = AsciiString.cached("HTTP/1.1 " + StatusPhrases.of(status) + "\r\n");
    }
  }

  private Http1Encoder() {}

  /** How the connection goes on after a response. */
  enum Persistence {
    /** It is kept, which HTTP/1.1 needs not say. */
    KEEP,
    /** It is kept, which a client of HTTP/1.0 must be told. */
    KEEP_TELL,
    /** It is closed. */
    CLOSE
  }

  /**
   * A request's head.
   *
   * @param upgrade the protocol that it asks to switch to; null for none
   */
  static ByteBuf requestHead(
      ByteBufAllocator allocator,
      RequestHead request,
      FieldLines fields,
      @Nullable AsciiString upgrade) {
    ByteBuf out =
        allocator.directBuffer(
            size(fields)
                + request.target().length()
                + 192
                + request.authority().length()
                + request.method().name().length());
    write(out, request.method().name());
    out.writeByte(' ');
    out.writeCharSequence(request.target(), StandardCharsets.US_ASCII);
    write(out, HTTP_11);
    write(out, request.authority());
    out.writeShort(CRLF);
    write(out, fields);
    writeUpgrade(out, upgrade);
    switch (request.framing().kind()) {
      case LENGTH -> {
        write(out, LENGTH_PREFIX);
        writeDecimal(out, request.framing().length());
        out.writeShort(CRLF);
      }
      case CHUNKED -> {
        write(out, CHUNKED_LINE);
        out.writeShort(CRLF);
      }
      case NONE, UNTIL_CLOSE -> {}
    }
    out.writeShort(CRLF);
    return out;
  }

  /**
   * A final response's head.
   *
   * @param room bytes that are left behind it, for a short body
   */
  static ByteBuf responseHead(
      ByteBufAllocator allocator,
      int status,
      FieldLines fields,
      boolean chunked,
      Persistence persistence,
      int room) {
    ByteBuf out = allocator.directBuffer(size(fields) + 128 + room);
    write(out, STATUS_LINES[status]);
    write(out, fields);
    AsciiString connection =
        switch (persistence) {
          case KEEP -> null;
          case KEEP_TELL -> KEEP_LINE;
          case CLOSE -> CLOSE_LINE;
        };
    writeLine(out, connection);
    writeLine(out, chunked ? CHUNKED_LINE : null);
    out.writeShort(CRLF);
    return out;
  }

  /** The line before a chunk's data. */
  static ByteBuf chunkSize(ByteBufAllocator allocator, int size) {
    ByteBuf out = allocator.directBuffer(10);
    boolean started = false;
    for (int shift = 28; shift >= 0; shift -= 4) {
      int digit = (size >>> shift) & 0xf;
      started |= digit != 0;
      if (started) {
        out.writeByte(Character.forDigit(digit, 16));
      }
    }
    return out.writeShort(CRLF);
  }

  /** The chunk that ends a body, and what comes behind it (RFC 9112 section 7.1.2). */
  static ByteBuf lastChunk(ByteBufAllocator allocator, FieldLines trailers) {
    ByteBuf out = allocator.directBuffer(size(trailers) + 5);
    out.writeByte('0').writeShort(CRLF);
    write(out, trailers);
    return out.writeShort(CRLF);
  }

  /** The line end after a chunk's data. */
  static ByteBuf lineEnd() {
    return LINE_END.duplicate();
  }

  /** The chunk that ends a body. */
  static ByteBuf lastChunk() {
    return LAST_CHUNK.duplicate();
  }

  /** An interim response, on which a connection's persistence does not depend. */
  static ByteBuf interimHead(ByteBufAllocator allocator, int status, FieldLines fields) {
    return responseHead(allocator, status, fields, false, Persistence.KEEP, 0);
  }

  /** The acceptance of an upgrade (RFC 9110 section 7.8). */
  static ByteBuf switchingHead(
      ByteBufAllocator allocator, AsciiString protocol, FieldLines fields) {
    ByteBuf out = allocator.directBuffer(size(fields) + 192);
    write(out, STATUS_LINES[ResponseHead.SWITCHING_PROTOCOLS]);
    write(out, fields);
    writeUpgrade(out, protocol);
    out.writeShort(CRLF);
    return out;
  }

  private static void writeUpgrade(ByteBuf out, @Nullable AsciiString protocol) {
    if (protocol != null) {
      writeLine(out, UPGRADE_LINE);
      write(out, UPGRADE_PREFIX);
      writeLine(out, protocol);
    }
  }

  private static int size(FieldLines fields) {
    int size = fields.encoded().length;
    for (int i = fields.encodedLines(); i < fields.size(); i++) {
      size += fields.name(i).length() + fields.value(i).length() + 4;
    }
    return size;
  }

  private static void write(ByteBuf out, FieldLines fields) {
    out.writeBytes(fields.encoded());
    for (int i = fields.encodedLines(); i < fields.size(); i++) {
      write(out, fields.name(i));
      out.writeShort(COLON_SPACE);
      write(out, fields.value(i));
      out.writeShort(CRLF);
    }
  }

  private static void writeLine(ByteBuf out, @Nullable AsciiString line) {
    if (line != null) {
      write(out, line);
      out.writeShort(CRLF);
    }
  }

  private static void write(ByteBuf out, AsciiString text) {
    out.writeBytes(text.array(), text.arrayOffset(), text.length());
  }

  private static void writeDecimal(ByteBuf out, long value) {
    out.writeCharSequence(Long.toString(value), StandardCharsets.US_ASCII);
  }

  private static ByteBuf constant(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(text.length())
            .writeBytes(text.getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());
  }
}
