package io.landfall.bfd;

import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.SessionKeys.Freshness;
import java.util.Optional;

/**
 * The authentication variables of one session: bfd.XmitAuthSeq, bfd.RcvAuthSeq and bfd.AuthSeqKnown
 * (RFC 5880 section 6.8.1), and the rules of section 6.7.4.
 */
final class Authenticator {
  private final SessionKeys keys;
  private int transmitSequence;
  private int receiveSequence;
  private boolean sequenceKnown;

  /**
   * An authenticator that has sent and received nothing.
   *
   * @param firstSequence where long-lived keys begin to count; a random number (section 6.8.1)
   */
  Authenticator(SessionKeys keys, int firstSequence) {
    this.keys = keys;
    boolean fresh = keys.freshness() == Freshness.ONE_SESSION;
    this.transmitSequence = fresh ? 0 : firstSequence;
    this.sequenceKnown = fresh;
  }

  /** The section of the next packet. Type 4 need not count up with every packet, but may. */
  AuthenticationSection next() {
    transmitSequence++;
    return new AuthenticationSection(keys.type(), keys.send().id(), transmitSequence);
  }

  void sign(byte[] packet) {
    keys.send().sign(packet);
  }

  /** The rule that a packet breaks; empty when it is authentic, and then its number is noted. */
  Optional<DiscardRule> check(AuthenticationSection section, byte[] datagram, int detectMult) {
    if (section.type() != keys.type() || section.keyId() != keys.receive().id()) {
      return Optional.of(DiscardRule.AUTHENTICATION_SECTION);
    }
    if (sequenceKnown && !isAcceptable(section.sequence() - receiveSequence, detectMult)) {
      return Optional.of(DiscardRule.AUTHENTICATION_SEQUENCE);
    }
    if (!keys.receive().verifies(datagram)) {
      return Optional.of(DiscardRule.AUTHENTICATION_DIGEST);
    }
    sequenceKnown = true;
    receiveSequence = section.sequence();
    return Optional.empty();
  }

  /** By how far the number is ahead, in the circular space of 32 bits. */
  private boolean isAcceptable(int ahead, int detectMult) {
    if (keys.freshness() == Freshness.ONE_SESSION) {
      return ahead > 0 || (ahead == 0 && !isMeticulous());
    }
    return ahead >= (isMeticulous() ? 1 : 0) && ahead <= 3 * detectMult;
  }

  private boolean isMeticulous() {
    return keys.type() == AuthenticationType.METICULOUS_KEYED_SHA1;
  }

  /** No packet came for twice the detection time. */
  void forgetSequence() {
    sequenceKnown = keys.freshness() == Freshness.ONE_SESSION;
  }
}
