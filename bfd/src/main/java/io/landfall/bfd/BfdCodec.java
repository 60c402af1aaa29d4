package io.landfall.bfd;

import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Packets from and to bytes (RFC 5880 sections 4.1 and 4.4). Reading applies the rules of section
 * 6.8.6 that need no session; it never looks beyond the Length field, and what lies behind it is
 * ignored, as the RFC has it.
 */
public final class BfdCodec {
  /** The longest packet: the Length field has one byte. No datagram needs more room. */
  public static final int MAX_BYTES = 255;

  static final int HEADER_BYTES = 24;
  static final int SHA1_SECTION_BYTES = 28;
  static final int SHA1_BYTES = 20;
  static final int DIGEST_AT = HEADER_BYTES + SHA1_SECTION_BYTES - SHA1_BYTES;

  private static final int VERSION = 1;
  private static final int AUTHENTICATION = 0x04;
  private static final int MULTIPOINT = 0x01;

  private BfdCodec() {}

  /** What a datagram is. */
  public sealed interface Decoding {
    /** A packet that breaks no rule that can be judged without a session. */
    record Read(BfdPacket packet) implements Decoding {}

    /** It is discarded by this rule. */
    record Discarded(DiscardRule rule) implements Decoding {}
  }

  /** Reads a datagram; the first rule that it breaks, in the RFC's order, discards it. */
  public static Decoding decode(byte[] datagram) {
    if (datagram.length < HEADER_BYTES) {
      return new Decoding.Discarded(DiscardRule.TRUNCATED);
    }
    ByteBuffer in = ByteBuffer.wrap(datagram);
    int first = Byte.toUnsignedInt(in.get());
    int second = Byte.toUnsignedInt(in.get());
    int detectMult = Byte.toUnsignedInt(in.get());
    int length = Byte.toUnsignedInt(in.get());
    boolean authenticated = (second & AUTHENTICATION) != 0;
    int mine = in.getInt();
    int yours = in.getInt();
    BfdState state = BfdState.of(second >> 6);
    Optional<DiscardRule> broken =
        headerRule(first, second, detectMult, length, datagram.length)
            .or(() -> discriminatorRule(mine, yours, state));
    if (broken.isPresent()) {
      return new Decoding.Discarded(broken.get());
    }
    Intervals intervals =
        new Intervals(unsigned(in.getInt()), unsigned(in.getInt()), unsigned(in.getInt()));
    Optional<AuthenticationSection> section = Optional.empty();
    if (authenticated) {
      section = section(datagram, length);
      if (section.isEmpty()) {
        return new Decoding.Discarded(DiscardRule.AUTHENTICATION_SECTION);
      }
    }
    return new Decoding.Read(
        new BfdPacket(
            Diagnostic.of(first & 0x1f),
            state,
            new Flags(second),
            detectMult,
            mine,
            yours,
            intervals,
            section));
  }

  private static Optional<DiscardRule> headerRule(
      int first, int second, int detectMult, int length, int payload) {
    int least = (second & AUTHENTICATION) != 0 ? HEADER_BYTES + 2 : HEADER_BYTES;
    if (first >> 5 != VERSION) {
      return Optional.of(DiscardRule.VERSION);
    }
    if (length < least) {
      return Optional.of(DiscardRule.LENGTH_TOO_SMALL);
    }
    if (length > payload) {
      return Optional.of(DiscardRule.LENGTH_BEYOND_PAYLOAD);
    }
    if (detectMult == 0) {
      return Optional.of(DiscardRule.DETECT_MULT_ZERO);
    }
    return (second & MULTIPOINT) != 0 ? Optional.of(DiscardRule.MULTIPOINT) : Optional.empty();
  }

  private static Optional<DiscardRule> discriminatorRule(int mine, int yours, BfdState state) {
    if (mine == 0) {
      return Optional.of(DiscardRule.MY_DISCRIMINATOR_ZERO);
    }
    boolean mayBeZero = state == BfdState.DOWN || state == BfdState.ADMIN_DOWN;
    return yours == 0 && !mayBeZero
        ? Optional.of(DiscardRule.YOUR_DISCRIMINATOR_ZERO)
        : Optional.empty();
  }

  /** The section, when it is a well-formed one of the two types that are supported here. */
  private static Optional<AuthenticationSection> section(byte[] datagram, int length) {
    int type = Byte.toUnsignedInt(datagram[HEADER_BYTES]);
    int sectionLength = Byte.toUnsignedInt(datagram[HEADER_BYTES + 1]);
    Optional<AuthenticationType> known = type(type);
    if (known.isEmpty()
        || sectionLength != SHA1_SECTION_BYTES
        || length < HEADER_BYTES + SHA1_SECTION_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(datagram, HEADER_BYTES + 2, SHA1_SECTION_BYTES - 2);
    int keyId = Byte.toUnsignedInt(in.get());
    in.get(); // reserved, ignored on receipt
    return Optional.of(new AuthenticationSection(known.get(), keyId, in.getInt()));
  }

  private static Optional<AuthenticationType> type(int code) {
    for (AuthenticationType type : AuthenticationType.values()) {
      if (type.code() == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  private static long unsigned(int value) {
    return Integer.toUnsignedLong(value);
  }

  /**
   * Writes a packet. A packet with an authentication section has zeros where its digest goes; see
   * {@link SessionKeys}.
   */
  public static byte[] encode(BfdPacket packet) {
    Optional<AuthenticationSection> section = packet.authentication();
    int length = HEADER_BYTES + (section.isPresent() ? SHA1_SECTION_BYTES : 0);
    int bits =
        packet.state().code() << 6
            | packet.flags().bits()
            | (section.isPresent() ? AUTHENTICATION : 0);
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put((byte) (VERSION << 5 | packet.diagnostic().code()))
        .put((byte) bits)
        .put((byte) packet.detectMult())
        .put((byte) length)
        .putInt(packet.myDiscriminator())
        .putInt(packet.yourDiscriminator())
        .putInt((int) packet.intervals().desiredMinTx())
        .putInt((int) packet.intervals().requiredMinRx())
        .putInt((int) packet.intervals().requiredMinEchoRx());
    section.ifPresent(
        s ->
            out.put((byte) s.type().code())
                .put((byte) SHA1_SECTION_BYTES)
                .put((byte) s.keyId())
                .put((byte) 0)
                .putInt(s.sequence()));
    return out.array();
  }

  /** The bytes that a digest covers: as many as the Length field says. */
  static byte[] covered(byte[] datagram) {
    return Arrays.copyOf(datagram, Byte.toUnsignedInt(datagram[3]));
  }
}
