package io.landfall.transport.tls;

import io.landfall.core.FailureText;
import io.landfall.trust.FileResult;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whether a server is who it should be: its certificate leads to an authority (RFC 5280 section 6),
 * and has the name that it was connected to by, where the engine asks for that (RFC 9525). The JDK
 * judges; this reports a wrong name in words of its own.
 *
 * <p>Why: Netty recognises the JDK's words for it, and adds to them with classes of a module
 * (java.naming) that it does not require. On the module path that is an error, which would stand
 * for the reason.
 */
public final class ServerTrust extends X509ExtendedTrustManager {
  /**
   * The CAs that the JDK comes with. They are read from their file, for the default trust store of
   * the process is empty (tools/start.sh).
   */
  private static final Path JDK_AUTHORITIES =
      Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");

  private final X509ExtendedTrustManager jdk;

  private ServerTrust(X509ExtendedTrustManager jdk) {
    this.jdk = jdk;
  }

  /**
   * Trust in what leads to these.
   *
   * @param authorities none for those that the JDK comes with
   */
  public static FileResult<ServerTrust> of(List<X509Certificate> authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store(authorities));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager jdk) {
          return new FileResult.Good<>(new ServerTrust(jdk));
        }
      }
      return unusable("it has no trust manager for X.509");
    } catch (GeneralSecurityException | IOException e) {
      return unusable("the JVM cannot use it: " + FailureText.of(e));
    }
  }

  private static FileResult<ServerTrust> unusable(String why) {
    return new FileResult.Bad<>("the trust store", 0, why);
  }

  private static KeyStore store(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return KeyStore.getInstance(JDK_AUTHORITIES.toFile(), (char[]) null);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority" + i, authorities.get(i));
    }
    return store;
  }

  private static CertificateException named(CertificateException e) {
    String message = FailureText.of(e);
    boolean isName =
        message.startsWith("No subject alternative") || message.startsWith("No name matching");
    return isName ? new CertificateException("another name: " + message) : e;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      jdk.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw named(e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    try {
      jdk.checkServerTrusted(chain, authType, socket);
    } catch (CertificateException e) {
      throw named(e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    // Without a connection there is no name to look for, and without that no server is believed.
    throw new CertificateException("a server is judged with its connection");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("clients are not judged here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
