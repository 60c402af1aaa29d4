package io.landfall.edge.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** PROXY headers of version 2 for tests, made from the text of the specification. */
public final class ProxyHeaders {
  private ProxyHeaders() {}

  /** One with a command, a family with its transport, and what follows the length. */
  public static byte[] v2(int command, int family, byte[] rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .put("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII))
        .put((byte) command)
        .put((byte) family)
        .putShort((short) rest.length)
        .put(rest)
        .array();
  }

  /** 192.0.2.7:4711 to 198.51.100.1:443, and TLVs behind. */
  public static byte[] ipv4(byte[]... tlvs) {
    byte[] addresses =
        ByteBuffer.allocate(12)
            .put(new byte[] {(byte) 192, 0, 2, 7, (byte) 198, 51, 100, 1})
            .putShort((short) 4711)
            .putShort((short) 443)
            .array();
    return v2(0x21, 0x11, join(addresses, join(tlvs)));
  }

  public static byte[] tlv(int type, byte[] value) {
    return ByteBuffer.allocate(3 + value.length)
        .put((byte) type)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  /** The same with a checksum behind it, which is right or not. */
  public static byte[] withChecksum(boolean right) {
    byte[] header = ipv4(tlv(3, new byte[4]));
    CRC32C crc = new CRC32C();
    crc.update(header);
    int sum = (int) crc.getValue() + (right ? 0 : 1);
    return ByteBuffer.wrap(header).putInt(header.length - 4, sum).array();
  }

  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
