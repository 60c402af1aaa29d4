package io.landfall.edge;

import io.netty.util.AsciiString;
import java.util.List;

/**
 * Whom the edge asks whether a request of a service may go on, and what becomes of the answer
 * (docs/traffic-rules.md).
 *
 * @param place where the authorization service is
 * @param authority what Host has
 * @param target its path and query
 * @param timeoutMillis how long it may take
 * @param requestFields the fields of a request that it is sent, in lower case
 * @param responseFields the fields of its answer that a backend gets, in lower case; what clients
 *     send of these is dropped
 * @param allowsOnFailure whether a request goes on when there is no answer that counts
 * @param maxConcurrent how many requests of the service may wait for it at once
 */
public record AuthorizationSettings(
    OriginPlace place,
    AsciiString authority,
    String target,
    long timeoutMillis,
    List<AsciiString> requestFields,
    List<AsciiString> responseFields,
    boolean allowsOnFailure,
    int maxConcurrent) {
  /** Copies the lists. */
  public AuthorizationSettings {
    requestFields = List.copyOf(requestFields);
    responseFields = List.copyOf(responseFields);
  }

  /** Its URL, for people. */
  public String url() {
    return "http://" + authority + target;
  }
}
