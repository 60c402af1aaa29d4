package io.landfall.trust;

/** Whether a certificate chain proves a peer, and which. */
public sealed interface AdmissionResult {
  /** The chain proves this peer. */
  record Admitted(PeerIdentity peer) implements AdmissionResult {}

  /**
   * The chain proves nothing here.
   *
   * @param rule which rule it breaks
   * @param sentence what was found and what the rule wants, for a person
   */
  record Refused(AdmissionRule rule, String sentence) implements AdmissionResult {}
}
