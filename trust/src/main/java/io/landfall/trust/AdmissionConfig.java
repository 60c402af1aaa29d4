package io.landfall.trust;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What admission is configured with.
 *
 * @param trustDomain the one realm that is believed
 * @param block the block in which every identity lies
 * @param authorities the CAs of that realm; more than one while they are being rotated
 * @param ownName this node's name
 * @param ownIdentity this node's identity
 */
public record AdmissionConfig(
    TrustDomain trustDomain,
    Block block,
    List<X509Certificate> authorities,
    NodeName ownName,
    HostAddress ownIdentity) {
  /** How many CAs may be believed at a time. */
  public static final int MAX_AUTHORITIES = 16;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException naming the rule that the values break
   */
  public AdmissionConfig {
    if (authorities.isEmpty() || authorities.size() > MAX_AUTHORITIES) {
      // An empty list accepts no peer; that is never what an operator means.
      throw new IllegalArgumentException(
          "trust needs 1 to " + MAX_AUTHORITIES + " CA certificates, not " + authorities.size());
    }
    for (X509Certificate authority : authorities) {
      if (authority.getBasicConstraints() < 0) {
        throw new IllegalArgumentException(
            "the certificate of "
                + authority.getSubjectX500Principal()
                + " is not a CA's (basic constraints), so nothing can be trusted by it");
      }
    }
    if (!ownIdentity.block().equals(block)) {
      throw new IllegalArgumentException("identity " + ownIdentity + " is not of block " + block);
    }
    authorities = List.copyOf(authorities);
  }
}
