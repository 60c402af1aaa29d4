package io.landfall.edge;

/**
 * What of the fields of a request counts that its client may have made up.
 *
 * @param trustedProxies who may name the client for whom it asks
 * @param lookalikes what becomes of names that backends could take for others
 */
public record ClientClaims(TrustedProxies trustedProxies, Lookalikes lookalikes) {
  /** No proxy is trusted, and no look-alike passes. */
  public static final ClientClaims NONE = new ClientClaims(TrustedProxies.NONE, Lookalikes.DROP);

  /**
   * Names with an underscore or a dot that are fields which are dropped or written anew here to a
   * backend that knows fields as variables (CGI, PHP), such as {@code X_Forwarded_For}.
   */
  public enum Lookalikes {
    /** They are dropped. */
    DROP,
    /** They are passed on like other fields. */
    PASS
  }
}
