package io.landfall.bfd;

import java.util.Optional;

/**
 * A BFD control packet of version 1 (RFC 5880 section 4.1), as it was read or is to be sent.
 *
 * @param diagnostic why the sender's session left Up last
 * @param state the sender's state
 * @param flags the bits P, F, C and D
 * @param detectMult how many intervals without a packet mean that the path is dead, 1..255
 * @param myDiscriminator the sender's number for the session, not 0
 * @param yourDiscriminator the receiver's number for it, 0 while the sender does not know it
 * @param intervals what the sender can do, in microseconds
 * @param authentication the section that the A bit announces
 */
public record BfdPacket(
    Diagnostic diagnostic,
    BfdState state,
    Flags flags,
    int detectMult,
    int myDiscriminator,
    int yourDiscriminator,
    Intervals intervals,
    Optional<AuthenticationSection> authentication) {
  /** The bits that a sender may set; A follows from the section, and M is never set. */
  public enum Flag {
    /** P: please answer with F. */
    POLL(0x20),
    /** F: the answer to P. */
    FINAL(0x10),
    /** C: the sender's BFD outlives its control plane. */
    CONTROL_PLANE_INDEPENDENT(0x08),
    /** D: the sender asks for no periodic packets once both sides are Up. */
    DEMAND(0x02);

    private final int bit;

    Flag(int bit) {
      this.bit = bit;
    }
  }

  /**
   * Which bits are set.
   *
   * @param bits the bits of {@link Flag}, at their places in the packet's second byte
   */
  public record Flags(int bits) {
    private static final int ALL = allBits();

    /** No bit. */
    public static final Flags NONE = of();

    /** Drops the bits that are none of {@link Flag}. */
    public Flags {
      bits &= ALL;
    }

    /** These flags. */
    public static Flags of(Flag... flags) {
      int bits = 0;
      for (Flag flag : flags) {
        bits |= flag.bit;
      }
      return new Flags(bits);
    }

    private static int allBits() {
      int all = 0;
      for (Flag flag : Flag.values()) {
        all |= flag.bit;
      }
      return all;
    }

    /** Whether a bit is set. */
    public boolean has(Flag flag) {
      return (bits & flag.bit) != 0;
    }
  }

  /**
   * Unsigned 32-bit microseconds each.
   *
   * @param desiredMinTx how often the sender would like to send
   * @param requiredMinRx how often it can receive; 0 means not at all
   * @param requiredMinEchoRx how often it can loop echo packets back; 0 means not at all
   */
  public record Intervals(long desiredMinTx, long requiredMinRx, long requiredMinEchoRx) {
    private static final long MOST = 0xffff_ffffL;

    /** Checks the ranges. */
    public Intervals {
      if (!fits(desiredMinTx) || !fits(requiredMinRx) || !fits(requiredMinEchoRx)) {
        throw new IllegalArgumentException("an interval has 32 bits of microseconds");
      }
    }

    private static boolean fits(long micros) {
      return micros >= 0 && micros <= MOST;
    }
  }

  /**
   * Keyed SHA1 or Meticulous Keyed SHA1 (section 4.4). Other types do not get this far.
   *
   * @param type which of the two
   * @param keyId which key it was made with, 0..255
   * @param sequence the sequence number, 32 bits
   */
  public record AuthenticationSection(AuthenticationType type, int keyId, int sequence) {}

  /** Checks what no packet may carry. */
  public BfdPacket {
    if (detectMult < 1 || detectMult > 255 || myDiscriminator == 0) {
      throw new IllegalArgumentException("Detect Mult 1..255 and a discriminator that is not 0");
    }
  }
}
