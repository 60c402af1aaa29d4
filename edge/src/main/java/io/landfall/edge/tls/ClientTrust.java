package io.landfall.edge.tls;

import io.landfall.core.FailureText;
import io.netty.handler.ssl.OpenSslCertificateException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Which certificates of clients are taken: those that lead to one of some CAs (RFC 5280), are of
 * now and for TLS clients, and are small enough for a field of a request.
 */
final class ClientTrust implements X509TrustManager {
  /** The largest certificate, in bytes of DER: it is a field of each request to a backend. */
  static final int MAX_BYTES = 8_192;

  /** X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: the alert unknown_ca. */
  private static final int NO_ISSUER = 20;

  /** X509_V_ERR_INVALID_PURPOSE: the alert unsupported_certificate. */
  private static final int INVALID_PURPOSE = 26;

  private final X509TrustManager path;

  private ClientTrust(X509TrustManager path) {
    this.path = path;
  }

  /**
   * Those that lead to these CAs.
   *
   * @throws SSLException when the JDK takes one of them for unusable
   */
  static X509TrustManager of(List<X509Certificate> authorities) throws SSLException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("ca" + i, authorities.get(i));
      }
      TrustManagerFactory made =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      made.init(store);
      for (TrustManager each : made.getTrustManagers()) {
        if (each instanceof X509TrustManager path) {
          return new ClientTrust(path);
        }
      }
      throw new SSLException("this JDK has no trust manager for X.509");
    } catch (GeneralSecurityException | IOException e) {
      throw new SSLException("the CAs of clients cannot be used", e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    try {
      path.checkClientTrusted(chain, type);
    } catch (CertificateException e) {
      throw withAlert(e);
    }
    if (chain[0].getEncoded().length > MAX_BYTES) {
      String why = "it is larger than " + MAX_BYTES + " bytes";
      throw new OpenSslCertificateException(why, INVALID_PURPOSE);
    }
  }

  /**
   * The same with what the client is told of it (RFC 8446 section 6.2). Without it the library
   * sends internal_error, as for a fault of this node, but for dates and revocation.
   */
  private static CertificateException withAlert(CertificateException failure) {
    int error = INVALID_PURPOSE;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return failure;
      }
      if (cause instanceof CertPathBuilderException) {
        error = NO_ISSUER;
      }
    }
    return new OpenSslCertificateException(FailureText.of(failure), failure, error);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this end is the server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return path.getAcceptedIssuers();
  }
}
