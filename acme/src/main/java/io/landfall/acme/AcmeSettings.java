package io.landfall.acme;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A CA, and this node's account there.
 *
 * @param directory the URL of its directory (RFC 8555 section 7.1.1), https
 * @param contacts URLs of people, such as {@code mailto:ops@example.com}
 * @param authorities PEM file with the CAs that its TLS certificate leads to; empty for those of
 *     the JDK
 * @param account what binds the account to one of another system
 * @param accountKey PEM file with the account's key; made if it is missing
 * @param challenges how names may be proved, the one that is preferred first
 */
public record AcmeSettings(
    URI directory,
    List<String> contacts,
    Optional<Path> authorities,
    Optional<ExternalAccount> account,
    Path accountKey,
    List<ChallengeType> challenges) {
  /** Copies the lists. */
  public AcmeSettings {
    contacts = List.copyOf(contacts);
    challenges = List.copyOf(challenges);
  }

  /**
   * An account in another system of the CA (RFC 8555 section 7.3.4).
   *
   * @param keyId what the CA calls it
   * @param hmacKey file with the key that the CA has given, in base64url
   */
  public record ExternalAccount(String keyId, Path hmacKey) {}
}
