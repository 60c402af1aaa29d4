package io.landfall.config;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A CA that certificates of listeners are ordered from by ACME (RFC 8555), and the account there.
 *
 * @param directory the URL of its directory, https
 * @param contacts URLs of people
 * @param authorities PEM file with the CAs that its own TLS certificate leads to; empty for those
 *     that the JDK has
 * @param external what binds the account to one of another system of the CA
 * @param accountKey PEM file with the account's key, made if it is missing
 * @param folder where certificates and what was ordered are kept
 * @param renewBeforeMillis how long before its end a certificate is renewed; empty for a third of
 *     its lifetime
 * @param challenges how names are proved, the one that is preferred first
 */
public record AcmeConfig(
    URI directory,
    List<String> contacts,
    Optional<Path> authorities,
    Optional<External> external,
    Path accountKey,
    Path folder,
    Optional<Long> renewBeforeMillis,
    List<Challenge> challenges) {
  /** Copies the lists. */
  public AcmeConfig {
    contacts = List.copyOf(contacts);
    challenges = List.copyOf(challenges);
  }

  /**
   * An account in another system (RFC 8555 section 7.3.4).
   *
   * @param keyId what the CA calls it
   * @param hmacKey file with the key that the CA has given, in base64url
   */
  public record External(String keyId, Path hmacKey) {}

  /** How a name is proved. */
  public enum Challenge {
    /** By a request on port 80 (RFC 8555 section 8.3). */
    HTTP_01,
    /** By a handshake on port 443 (RFC 8737). */
    TLS_ALPN_01
  }

  /** The kinds of keys. */
  public enum KeyType {
    /** ECDSA on P-256. */
    ECDSA_P256,
    /** RSA of 2048 bits. */
    RSA_2048
  }

  /**
   * A certificate of a listener that is ordered.
   *
   * @param names its names, in lower case
   * @param keyType the kind of its key
   * @param files where it is kept: one file with key and chain
   */
  public record Ordered(List<String> names, KeyType keyType, KeyPairFiles files) {
    /** Copies the list. */
    public Ordered {
      names = List.copyOf(names);
    }
  }
}
