package io.landfall.transport.tls;

import io.landfall.core.Clock;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionRule;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Asks trust who is at the other end of a finished handshake. The trust manager has checked the
 * same chain during the handshake; asking again yields the identity, and is the second half of a
 * pair: no code path reaches a peer's rights without passing here.
 */
public final class PeerCheck {
  private final Admission admission;
  private final Clock clock;

  /** A check by these rules. */
  public PeerCheck(Admission admission, Clock clock) {
    this.admission = admission;
    this.clock = clock;
  }

  AdmissionResult check(SslHandler ssl) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : ssl.engine().getSession().getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
    } catch (SSLPeerUnverifiedException e) {
      return new AdmissionResult.Refused(
          AdmissionRule.NO_CERTIFICATE, "the peer showed no certificate");
    }
    return admission.check(chain, clock.wallMillis());
  }
}
