package io.landfall.edge.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
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

  /**
   * None, where clients are asked for no certificate. Without a trust manager Netty would put all
   * CAs of the JDK into each context, which costs more than the rest of it.
   */
  static X509TrustManager nobody() {
    return new Nobody();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    path.checkClientTrusted(chain, type);
    if (chain[0].getEncoded().length > MAX_BYTES) {
      throw new CertificateException("it is larger than " + MAX_BYTES + " bytes");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this end is the server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return path.getAcceptedIssuers();
  }

  private static final class Nobody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("clients are asked for no certificate");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this end is the server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
