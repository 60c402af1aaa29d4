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
  /**
   * The bits that a sender may set; A follows from the section, and M is never set.
   *
   * @param poll P: please answer with F
   * @param fin F: the answer to P
   * @param controlPlaneIndependent C: the sender's BFD outlives its control plane
   * @param demand D: the sender asks for no periodic packets once both sides are Up
   */
  public record Flags(boolean poll, boolean fin, boolean controlPlaneIndependent, boolean demand) {
    /** No bit. */
    public static final Flags NONE = new Flags(false, false, false, false);
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
   * @param meticulous whether it is of type 5 and not 4
   * @param keyId which key it was made with, 0..255
   * @param sequence the sequence number, 32 bits
   */
  public record AuthenticationSection(boolean meticulous, int keyId, int sequence) {}

  /** Checks what no packet may carry. */
  public BfdPacket {
    if (detectMult < 1 || detectMult > 255 || myDiscriminator == 0) {
      throw new IllegalArgumentException("Detect Mult 1..255 and a discriminator that is not 0");
    }
  }
}
