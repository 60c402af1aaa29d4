package io.landfall.trust;

import io.landfall.core.Clock;
import io.landfall.trust.AdmissionResult.Refused;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Admission as a TLS library asks for it, the same for both ends of a connection.
 *
 * <p>It only refuses. It hands no identity on: after the handshake the owner asks {@link
 * Admission#check} again, with the certificates of the finished session, so that an identity never
 * comes from a handshake that did not finish. Host names are not compared: a peer is who its SPIFFE
 * name gives, wherever it was reached, so the TLS library's endpoint identification must be off.
 */
public final class LandfallTrustManager extends X509ExtendedTrustManager {
  private final Admission admission;
  private final Clock clock;

  /** A trust manager that asks this admission at the wall time of this clock. */
  public LandfallTrustManager(Admission admission, Clock clock) {
    this.admission = admission;
    this.clock = clock;
  }

  private void check(X509Certificate @Nullable [] chain) throws CertificateException {
    List<X509Certificate> certificates = chain == null ? List.of() : List.of(chain);
    // Whoever claims this node's identity may go on to prove that it has the key, so that it can be
    // named and not only suspected; the check after the handshake refuses it.
    if (admission.check(certificates, clock.wallMillis()) instanceof Refused refused
        && refused.claimant().isEmpty()) {
      throw new AdmissionRefused(refused);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return admission.authorities().toArray(new X509Certificate[0]);
  }
}
