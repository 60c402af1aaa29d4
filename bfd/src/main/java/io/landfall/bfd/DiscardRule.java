package io.landfall.bfd;

/** Why a datagram was discarded: the rules of RFC 5880 section 6.8.6 in its order, and TTL. */
public enum DiscardRule {
  /** It is shorter than any packet, so it has no version to look at. */
  TRUNCATED("truncated", "the datagram is shorter than a BFD packet"),
  /** The version is not 1. */
  VERSION("version", "the version number is not correct (1)"),
  /** Length is below 24, or below 26 with the A bit. */
  LENGTH_TOO_SMALL("length-too-small", "the Length field is less than the minimum"),
  /** Length goes beyond the datagram. */
  LENGTH_BEYOND_PAYLOAD(
      "length-beyond-payload", "the Length field is greater than the payload of the datagram"),
  /** Detect Mult is zero. */
  DETECT_MULT_ZERO("detect-mult-zero", "the Detect Mult field is zero"),
  /** The multipoint bit is set. */
  MULTIPOINT("multipoint", "the Multipoint (M) bit is nonzero"),
  /** My Discriminator is zero. */
  MY_DISCRIMINATOR_ZERO("my-discriminator-zero", "the My Discriminator field is zero"),
  /** Your Discriminator names no session. */
  NO_SESSION("no-session", "no session is found for the packet"),
  /** Your Discriminator is zero although the state says that the peer knows ours. */
  YOUR_DISCRIMINATOR_ZERO(
      "your-discriminator-zero",
      "the Your Discriminator field is zero and the State field is not Down or AdminDown"),
  /** It is authenticated, and no authentication is in use. */
  AUTHENTICATED("authenticated", "the A bit is set and no authentication is in use"),
  /** It is not authenticated, and it must be. */
  NOT_AUTHENTICATED("not-authenticated", "the A bit is clear and authentication is in use"),
  /** The authentication section is malformed, or of another type or key. */
  AUTHENTICATION_SECTION(
      "authentication-section", "the authentication section is not of the type and key in use"),
  /** The sequence number was seen before, or is out of its window. */
  AUTHENTICATION_SEQUENCE(
      "authentication-sequence", "the authentication sequence number is not acceptable"),
  /** The digest is wrong. */
  AUTHENTICATION_DIGEST("authentication-digest", "the authentication digest does not match"),
  /** We are administratively down. */
  ADMIN_DOWN("admin-down", "the session is administratively down"),
  /** It comes from an address that is not the peer's. */
  SOURCE_ADDRESS("source-address", "the source address is not the peer's");

  private final String label;
  private final String sentence;

  DiscardRule(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  /** Its name where it is counted. */
  public String label() {
    return label;
  }

  /** The rule as the RFC gives it. */
  public String sentence() {
    return sentence;
  }
}
