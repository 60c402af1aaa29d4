package io.landfall.trust;

import java.util.Optional;

/** Whether a certificate chain proves a peer, and which. */
public sealed interface AdmissionResult {
  /** The chain proves this peer. */
  record Admitted(PeerIdentity peer) implements AdmissionResult {}

  /**
   * The chain proves nothing here.
   *
   * @param rule which rule it breaks
   * @param sentence what was found and what the rule wants, for a person
   * @param claimant whose a good certificate is that claims what is this node's; else empty
   */
  record Refused(AdmissionRule rule, String sentence, Optional<PeerIdentity> claimant)
      implements AdmissionResult {
    /** A refusal of a certificate that proves no peer. */
    public Refused(AdmissionRule rule, String sentence) {
      this(rule, sentence, Optional.empty());
    }
  }
}
