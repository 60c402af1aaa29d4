package io.landfall.edge.proxy;

import io.landfall.core.Addresses;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.ProxyFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A PROXY header that was received (haproxy.org, proxy-protocol.txt, revision of 2020/03/05): a
 * line of text (section 2.1) or binary (section 2.2).
 *
 * @param client the addresses in it; empty if those of the connection count: LOCAL, UNKNOWN,
 *     AF_UNSPEC, and what is no stream over IP
 */
record ProxyHeader(Optional<ClientAddresses> client) {
  /**
   * The longest header that is read; a sender of version 1 has 107 bytes, of version 2 some 100.
   */
  static final int MAX_BYTES = 4 * 1024;

  /** What version 2 begins with (section 2.2). */
  static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

  private static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  /** The longest line of version 1, with its end. */
  private static final int MAX_LINE = 107;

  /** What stands in front of the addresses of version 2. */
  private static final int FIXED_BYTES = 16;

  private static final int VERSION_AT = 12;
  private static final int FAMILY_AT = 13;
  private static final int LENGTH_AT = 14;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;
  private static final int STREAM = 1;
  private static final int DGRAM = 2;
  private static final int PORT_BYTES = 2;

  /** The address of a socket of UNIX. */
  private static final int UNIX_BYTES = 108;

  /** Type and length of a TLV (section 2.2.7). */
  private static final int TLV_HEAD_BYTES = 3;

  private static final int TLV_CRC32C = 3;
  private static final int CRC_BYTES = 4;
  private static final ProxyHeader OF_CONNECTION = new ProxyHeader(Optional.empty());

  /**
   * Reads one, from the first byte of a connection on, and leaves what stands behind it.
   *
   * @return null if more has to arrive; then nothing was read
   */
  static @Nullable ProxyHeader read(ByteBuf in) throws BadProxyHeader {
    if (begins(in, SIGNATURE)) {
      return in.readableBytes() < FIXED_BYTES ? null : binary(in);
    }
    if (!begins(in, WORD)) {
      throw new BadProxyHeader(ProxyFault.NO_HEADER);
    }
    return line(in);
  }

  /** Whether what has arrived is the start of these bytes, or begins with them. */
  private static boolean begins(ByteBuf in, byte[] start) {
    int length = Math.min(in.readableBytes(), start.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != start[i]) {
        return false;
      }
    }
    return true;
  }

  // ---- version 1 ----

  private static @Nullable ProxyHeader line(ByteBuf in) throws BadProxyHeader {
    int most = Math.min(in.readableBytes(), MAX_LINE);
    int end = in.indexOf(in.readerIndex(), in.readerIndex() + most, (byte) '\n');
    if (end < 0) {
      if (in.readableBytes() >= MAX_LINE) {
        throw new BadProxyHeader(ProxyFault.TOO_LONG);
      }
      return null;
    }
    int length = end - in.readerIndex();
    if (in.getByte(end - 1) != '\r') {
      throw new BadProxyHeader(ProxyFault.MALFORMED);
    }
    String text = in.toString(in.readerIndex(), length - 1, StandardCharsets.ISO_8859_1);
    in.skipBytes(length + 1);
    String rest = text.substring(WORD.length);
    if (rest.equals("UNKNOWN") || rest.startsWith("UNKNOWN ")) {
      return OF_CONNECTION;
    }
    String[] words = rest.split(" ", -1);
    if (words.length != 5) {
      throw new BadProxyHeader(ProxyFault.MALFORMED);
    }
    int addressBytes =
        switch (words[0]) {
          case "TCP4" -> 4;
          case "TCP6" -> 16;
          default -> throw new BadProxyHeader(ProxyFault.MALFORMED);
        };
    return new ProxyHeader(
        Optional.of(
            new ClientAddresses(
                ClientAddresses.socket(literal(words[1], addressBytes), port(words[3])),
                ClientAddresses.socket(literal(words[2], addressBytes), port(words[4])))));
  }

  private static byte[] literal(String text, int bytes) throws BadProxyHeader {
    Optional<byte[]> address = Addresses.parseLiteral(text);
    if (address.isPresent() && address.get().length == bytes) {
      return address.get();
    }
    if (bytes == 16 && text.regionMatches(true, 0, "::ffff:", 0, 7)) {
      // A socket of both families has clients of IPv4 under such addresses (RFC 4291).
      Optional<byte[]> inside = Addresses.parseLiteral(text.substring(7));
      if (inside.isPresent() && inside.get().length == 4) {
        return inside.get();
      }
    }
    throw new BadProxyHeader(ProxyFault.MALFORMED);
  }

  private static int port(String text) throws BadProxyHeader {
    int port = ClientAddresses.port(text);
    if (port < 0) {
      throw new BadProxyHeader(ProxyFault.MALFORMED);
    }
    return port;
  }

  // ---- version 2 ----

  private static @Nullable ProxyHeader binary(ByteBuf in) throws BadProxyHeader {
    int at = in.readerIndex();
    int command = in.getUnsignedByte(at + VERSION_AT);
    int family = in.getUnsignedByte(at + FAMILY_AT) >> 4;
    int transport = in.getUnsignedByte(at + FAMILY_AT) & 0xf;
    int length = FIXED_BYTES + in.getUnsignedShort(at + LENGTH_AT);
    if ((command != LOCAL && command != PROXY) || family > UNIX || transport > DGRAM) {
      throw new BadProxyHeader(ProxyFault.MALFORMED);
    }
    if (length > MAX_BYTES) {
      throw new BadProxyHeader(ProxyFault.TOO_LONG);
    }
    if (in.readableBytes() < length) {
      return null;
    }
    ByteBuf header = in.readSlice(length);
    if (command == LOCAL) {
      return OF_CONNECTION;
    }
    int addressBytes =
        switch (family) {
          case INET -> 4;
          case INET6 -> 16;
          default -> 0;
        };
    int tlvs =
        FIXED_BYTES + (family == UNIX ? 2 * UNIX_BYTES : 2 * (addressBytes + ports(addressBytes)));
    checkTlvs(header, tlvs);
    if (addressBytes == 0 || transport != STREAM) {
      return OF_CONNECTION;
    }
    byte[] source = ByteBufUtil.getBytes(header, FIXED_BYTES, addressBytes);
    byte[] destination = ByteBufUtil.getBytes(header, FIXED_BYTES + addressBytes, addressBytes);
    int portsAt = FIXED_BYTES + 2 * addressBytes;
    return new ProxyHeader(
        Optional.of(
            new ClientAddresses(
                ClientAddresses.socket(source, header.getUnsignedShort(portsAt)),
                ClientAddresses.socket(
                    destination, header.getUnsignedShort(portsAt + PORT_BYTES)))));
  }

  private static int ports(int addressBytes) {
    return addressBytes == 0 ? 0 : PORT_BYTES;
  }

  /** Skips them; one of them may be a checksum. */
  private static void checkTlvs(ByteBuf header, int from) throws BadProxyHeader {
    int at = from;
    int end = header.writerIndex();
    while (at != end) {
      if (at > end || end - at < TLV_HEAD_BYTES) {
        throw new BadProxyHeader(ProxyFault.MALFORMED);
      }
      int type = header.getUnsignedByte(at);
      int length = header.getUnsignedShort(at + 1);
      int value = at + TLV_HEAD_BYTES;
      at = value + length;
      if (at > end || (type == TLV_CRC32C && length != CRC_BYTES)) {
        throw new BadProxyHeader(ProxyFault.MALFORMED);
      }
      if (type == TLV_CRC32C && header.getUnsignedInt(value) != checksum(header, value)) {
        throw new BadProxyHeader(ProxyFault.CHECKSUM);
      }
    }
  }

  /** That of the whole header, in which its own four bytes are zero (section 2.2.3). */
  private static long checksum(ByteBuf header, int valueAt) {
    byte[] bytes = ByteBufUtil.getBytes(header, header.readerIndex(), header.readableBytes());
    for (int i = 0; i < CRC_BYTES; i++) {
      bytes[valueAt + i] = 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}
