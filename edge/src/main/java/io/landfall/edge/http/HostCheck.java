package io.landfall.edge.http;

import io.landfall.edge.ClientCertificate;
import io.landfall.edge.CoveredHosts;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What a client's connection has proved, and its requests are held to.
 *
 * <p>Whether a request came on a connection on which it may come: over TLS, on one whose
 * certificate covers its host (RFC 9110 section 7.4). A client that verifies names, also one that
 * uses one connection for several hosts of a certificate, sends no other.
 */
public final class HostCheck {
  private @Nullable CoveredHosts shown;
  private String covered = "";
  private @Nullable AsciiString certificate;

  /** No certificate was shown yet. */
  public HostCheck() {}

  /** Takes an event of the connection; a certificate with these names was shown on it. */
  public void event(Object event) {
    if (event instanceof CoveredHosts hosts) {
      shown = hosts;
    } else if (event instanceof ClientCertificate(AsciiString field)) {
      certificate = field;
    }
  }

  /** The request, if it may come here, with the certificate of its connection. */
  public RequestHead check(RequestHead request) throws BadMessage {
    CoveredHosts hosts = shown;
    // Most connections are for one host.
    if (hosts != null && !request.host().equals(covered)) {
      if (!hosts.covers(request.host())) {
        throw new BadMessage(HttpViolation.HOST_NOT_CERTIFIED);
      }
      covered = request.host();
    }
    AsciiString proved = certificate;
    if (proved != null) {
      request.fields().add(FieldNames.CONNECTION_CERT, proved);
    }
    return request;
  }
}
