package io.landfall.config;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Whom to ask whether a request of a service may go on.
 *
 * @param address where the authorization service is
 * @param authority the same as the URL has it
 * @param target path and query of the URL
 * @param timeoutMillis how long it may take
 * @param requestFields the fields of a request that it is sent, in lower case
 * @param responseFields the fields of its answer that a backend gets, in lower case
 * @param onFailure what becomes of a request when there is no answer that counts
 * @param maxConcurrent how many requests may wait for it at once
 */
public record AuthorizationConfig(
    InetSocketAddress address,
    String authority,
    String target,
    long timeoutMillis,
    List<String> requestFields,
    List<String> responseFields,
    OnFailure onFailure,
    int maxConcurrent) {
  /** What becomes of a request when there is no answer that counts. */
  public enum OnFailure {
    /** The client gets 503. */
    DENY,
    /** It goes on. */
    ALLOW
  }

  /** Copies the lists. */
  public AuthorizationConfig {
    requestFields = List.copyOf(requestFields);
    responseFields = List.copyOf(responseFields);
  }
}
