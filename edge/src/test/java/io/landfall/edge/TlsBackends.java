package io.landfall.edge;

import io.landfall.edge.tls.BackendTls;
import io.landfall.edge.tls.ServerNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Backends over TLS for tests, on the JDK's TLS, and the places that an edge knows them as. */
public final class TlsBackends {
  /** Handshakes that were completed, newest last. */
  public final List<SSLSocket> shaken = new CopyOnWriteArrayList<>();

  /** None yet. */
  public TlsBackends() {}

  /** TLS above what was accepted; what is closed below is no end of TLS. */
  public TestBackend.Layer over(SSLContext context, Consumer<SSLParameters> adjust) {
    return over(context, true, adjust);
  }

  /**
   * The same.
   *
   * @param endsBelow whether the end of TLS is that of the connection below, too
   */
  public TestBackend.Layer over(
      SSLContext context, boolean endsBelow, Consumer<SSLParameters> adjust) {
    return accepted -> {
      SSLSocket above =
          (SSLSocket) context.getSocketFactory().createSocket(accepted, null, endsBelow);
      SSLParameters parameters = above.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      adjust.accept(parameters);
      above.setSSLParameters(parameters);
      above.startHandshake();
      shaken.add(above);
      return above;
    };
  }

  /** How an edge verifies. */
  public static BackendTls verifying(
      Optional<ServerNames.Identity> own, X509Certificate... authorities) {
    return switch (BackendTls.of(trusting(authorities), List.of(authorities), own)) {
      case BackendTls.Result.Usable(BackendTls tls) -> tls;
      case BackendTls.Result.Unusable(String why) -> throw new AssertionError(why);
    };
  }

  private static X509ExtendedTrustManager trusting(X509Certificate... authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry(authority.getSubjectX500Principal().getName(), authority);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A backend as an edge knows it. */
  public static OriginServer server(TestBackend backend, OriginTls tls) {
    return new OriginServer(new OriginPlace(backend.address(), Optional.of(tls)), true, 1);
  }

  /** Ends what is below a backend's newest connection, with a reset or without. */
  public static void cut(TestBackend backend, boolean reset) {
    Socket below = backend.accepted.getLast();
    try {
      if (reset) {
        below.setSoLinger(true, 0);
      }
      below.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
