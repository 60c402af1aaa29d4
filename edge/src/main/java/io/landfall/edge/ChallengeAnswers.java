package io.landfall.edge;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/**
 * What a CA gets that verifies a name by ACME, whichever node has ordered the certificate. Asked by
 * event loops; does not block.
 */
public interface ChallengeAnswers {
  /** None is known. */
  ChallengeAnswers NONE =
      new ChallengeAnswers() {
        @Override
        public Optional<String> http(String host, String token) {
          return Optional.empty();
        }

        @Override
        public Optional<SslContext> tls(String serverName) {
          return Optional.empty();
        }
      };

  /** Below this path is a token (RFC 8555 section 8.3). */
  String PATH = "/.well-known/acme-challenge/";

  /** The protocol of a handshake that verifies a name (RFC 8737 section 6.2). */
  String PROTOCOL = "acme-tls/1";

  /**
   * The key authorization of a token.
   *
   * @param host the host that is asked, in lower case without a port
   * @return empty for a token that is not known for that host: such a request goes the way of any
   *     other
   */
  Optional<String> http(String host, String token);

  /**
   * The context with the certificate that proves a name.
   *
   * @param serverName the name that the client sends, in lower case
   * @return empty for a name without a pending challenge
   */
  Optional<SslContext> tls(String serverName);
}
