package io.landfall.transport.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the ALPN extension (RFC 7301) of a ClientHello (RFC 8446 section 4.1.2) without consuming a
 * byte. Only a ClientHello that lies in one record is read, which is what every stack sends; each
 * part is a slice of what contains it, so that no length can lead outside.
 */
final class ClientHelloAlpn {
  /** What the first bytes of a connection say. */
  enum Verdict {
    /** The first record is not complete. */
    INCOMPLETE,
    /** A ClientHello that offers BGP. */
    BGP,
    /** Anything else. */
    OTHER
  }

  private static final byte[] BGP = Alpn.BGP.token().getBytes(StandardCharsets.US_ASCII);
  private static final int HANDSHAKE_RECORD = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int ALPN_EXTENSION = 16;
  private static final int RECORD_HEADER_BYTES = 5;

  /** RFC 8446 section 5.1. */
  private static final int MAX_RECORD_BYTES = 1 << 14;

  private ClientHelloAlpn() {}

  static Verdict look(ByteBuf in) {
    if (in.readableBytes() < RECORD_HEADER_BYTES) {
      boolean hopeful = !in.isReadable() || in.getByte(in.readerIndex()) == HANDSHAKE_RECORD;
      return hopeful ? Verdict.INCOMPLETE : Verdict.OTHER;
    }
    int at = in.readerIndex();
    int length = in.getUnsignedShort(at + 3);
    if (in.getByte(at) != HANDSHAKE_RECORD || length > MAX_RECORD_BYTES) {
      return Verdict.OTHER;
    }
    if (in.readableBytes() < RECORD_HEADER_BYTES + length) {
      return Verdict.INCOMPLETE;
    }
    try {
      return offersBgp(in.slice(at + RECORD_HEADER_BYTES, length)) ? Verdict.BGP : Verdict.OTHER;
    } catch (IndexOutOfBoundsException e) {
      return Verdict.OTHER; // a length inside it is wrong
    }
  }

  private static boolean offersBgp(ByteBuf handshake) {
    if (handshake.readByte() != CLIENT_HELLO) {
      return false;
    }
    ByteBuf hello = handshake.readSlice(handshake.readUnsignedMedium());
    hello.skipBytes(2 + 32); // legacy_version and random
    hello.skipBytes(hello.readUnsignedByte()); // legacy_session_id
    hello.skipBytes(hello.readUnsignedShort()); // cipher_suites
    hello.skipBytes(hello.readUnsignedByte()); // legacy_compression_methods
    ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
      if (type == ALPN_EXTENSION) {
        return namesBgp(body.readSlice(body.readUnsignedShort()));
      }
    }
    return false;
  }

  private static boolean namesBgp(ByteBuf names) {
    while (names.isReadable()) {
      byte[] name = new byte[names.readUnsignedByte()];
      names.readBytes(name);
      if (Arrays.equals(name, BGP)) {
        return true;
      }
    }
    return false;
  }
}
