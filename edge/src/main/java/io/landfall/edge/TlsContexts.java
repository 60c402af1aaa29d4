package io.landfall.edge;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.Set;

/** What a TLS listener shows to its clients. Asked by every event loop, for each connection. */
public interface TlsContexts {
  /**
   * The context for a client.
   *
   * @return empty for a client that is refused by its server name (RFC 6066 section 3)
   */
  Optional<SslContext> choose(Offer offer);

  /**
   * Told of each handshake that has succeeded.
   *
   * @param protocol the version, as {@code SSLSession} names it
   */
  default void succeeded(String protocol) {}

  /** Told of each handshake that has failed, also of one that was refused by name or protocol. */
  default void failed() {}

  /** The keys of certificates that are kept apart. */
  enum KeyKind {
    /** An elliptic curve key on P-256. */
    EC_P256,
    /** An elliptic curve key on P-384. */
    EC_P384,
    /** An RSA key. */
    RSA
  }

  /**
   * What of a ClientHello counts for the choice.
   *
   * @param serverName the name that the client sends, in lower case
   * @param verifies the keys whose signatures the client can verify
   */
  record Offer(Optional<String> serverName, Set<KeyKind> verifies) {}
}
