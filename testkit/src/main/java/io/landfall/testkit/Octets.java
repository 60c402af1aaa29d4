package io.landfall.testkit;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Byte arrays made by hand. */
public final class Octets {
  private Octets() {}

  /** These numbers, the lowest eight bits of each. */
  public static byte[] octets(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** Four bytes, the highest first. */
  public static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /** All of them, one after another. */
  public static byte[] join(byte[]... parts) {
    return join(Arrays.asList(parts));
  }

  /** All of them, one after another. */
  public static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** The bytes of an address literal: four or sixteen. */
  public static byte[] address(String literal) {
    return InetAddress.ofLiteral(literal).getAddress();
  }

  /** An IPv4 address literal as a number, such as a BGP identifier. */
  public static int ipv4(String literal) {
    return ByteBuffer.wrap(address(literal)).getInt();
  }
}
