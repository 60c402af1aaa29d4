package io.landfall.overlay;

/** Whether an authenticated newcomer may have a session. */
public sealed interface PeerAdmission {
  /** A live node, or this one, has the newcomer's identity. */
  String DUPLICATE_IDENTITY = "duplicate-identity";

  /** A live node, or this one, has the newcomer's name. */
  String DUPLICATE_NAME = "duplicate-name";

  /** As many peers are live as there may be. */
  String TOO_MANY_PEERS = "too-many-peers";

  /** The newcomer's identity is that of a service. */
  String IDENTITY_OF_A_SERVICE = "identity-of-a-service";

  /** It may. */
  record Admitted() implements PeerAdmission {}

  /**
   * It may not; everything that lives goes on living.
   *
   * @param rule a short fixed phrase to count by, such as {@code duplicate-identity}
   * @param text one sentence for the log that names both sides
   */
  record Refused(String rule, String text) implements PeerAdmission {}
}
