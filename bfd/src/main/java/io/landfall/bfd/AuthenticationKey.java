package io.landfall.bfd;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** A key for SHA1 authentication: a Key ID, and 1 to 20 bytes that its text form does not show. */
public final class AuthenticationKey {
  /** The most bytes that RFC 5880 section 4.4 has room for. */
  public static final int MAX_BYTES = BfdCodec.SHA1_BYTES;

  private final int id;
  private final byte[] padded;

  /**
   * A key; the bytes are copied.
   *
   * @param id the Key ID, 0..255
   * @throws IllegalArgumentException when the id or the length is out of range
   */
  public AuthenticationKey(int id, byte[] bytes) {
    if (id < 0 || id > 255 || bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a BFD SHA1 key has a Key ID 0..255 and 1.." + MAX_BYTES + " bytes");
    }
    this.id = id;
    this.padded = Arrays.copyOf(bytes, MAX_BYTES);
  }

  /** The Key ID. */
  public int id() {
    return id;
  }

  /** Puts the digest into a packet that has an authentication section. */
  void sign(byte[] packet) {
    System.arraycopy(digest(packet), 0, packet, BfdCodec.DIGEST_AT, MAX_BYTES);
  }

  /** Whether the digest in a datagram is the one that this key makes; in constant time. */
  boolean verifies(byte[] datagram) {
    byte[] shown = Arrays.copyOfRange(datagram, BfdCodec.DIGEST_AT, BfdCodec.DIGEST_AT + MAX_BYTES);
    return MessageDigest.isEqual(shown, digest(BfdCodec.covered(datagram)));
  }

  /** SHA1 over the packet with the key where the digest goes (RFC 5880 section 6.7.4). */
  private byte[] digest(byte[] packet) {
    byte[] keyed = packet.clone();
    System.arraycopy(padded, 0, keyed, BfdCodec.DIGEST_AT, MAX_BYTES);
    try {
      return MessageDigest.getInstance("SHA-1").digest(keyed);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  @Override
  public String toString() {
    return "(BFD key " + id + ")";
  }
}
