package io.landfall.edge.http;

import io.landfall.edge.CoveredHosts;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request came on a connection on which it may come: over TLS, on one whose certificate
 * covers its host (RFC 9110 section 7.4). A client that verifies names, also one that uses one
 * connection for several hosts of a certificate, sends no other.
 */
public final class HostCheck {
  private @Nullable CoveredHosts shown;
  private String covered = "";

  /** No certificate was shown yet. */
  public HostCheck() {}

  /** Takes an event of the connection; a certificate with these names was shown on it. */
  public void event(Object event) {
    if (event instanceof CoveredHosts hosts) {
      shown = hosts;
    }
  }

  /** The request, if it may come here. */
  public RequestHead check(RequestHead request) throws BadMessage {
    CoveredHosts hosts = shown;
    // Most connections are for one host.
    if (hosts != null && !request.host().equals(covered)) {
      if (!hosts.covers(request.host())) {
        throw new BadMessage(HttpViolation.HOST_NOT_CERTIFIED);
      }
      covered = request.host();
    }
    return request;
  }
}
