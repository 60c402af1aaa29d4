package io.landfall.tracing;

import io.landfall.core.FailureText;
import io.landfall.edge.RequestSpans;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Sends spans by OTLP over HTTP, with OpenTelemetry's exporter and the JDK's HTTP client. */
public final class OtlpProvider implements RequestSpans.Provider {
  /** How long a collector has to accept a connection. */
  static final long CONNECT_SECONDS = 5;

  /** How long one batch may take, repeats included. */
  static final long EXPORT_SECONDS = 10;

  /**
   * The CAs that the JDK comes with. They are read from their file, for the default trust store of
   * the process is empty (tools/start.sh).
   */
  private static final Path JDK_AUTHORITIES =
      Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");

  /** Kept, or its level would be forgotten: what it would log is logged here, once a minute. */
  private static final Logger EXPORTERS_OWN = Logger.getLogger("io.opentelemetry");

  /** For {@link java.util.ServiceLoader}. */
  public OtlpProvider() {}

  @Override
  public RequestSpans open(RequestSpans.Settings settings) {
    EXPORTERS_OWN.setLevel(Level.OFF);
    OtlpHttpSpanExporterBuilder builder =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.collector().toString())
            .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
            .setTimeout(EXPORT_SECONDS, TimeUnit.SECONDS);
    if ("https".equals(settings.collector().getScheme())) {
      trust(builder, settings.authorities());
    }
    return new SpanBatches(settings, builder.build());
  }

  private static void trust(OtlpHttpSpanExporterBuilder builder, Optional<Path> authorities) {
    try {
      KeyStore store =
          authorities.isPresent()
              ? store(authorities.get())
              : KeyStore.getInstance(JDK_AUTHORITIES.toFile(), (char[]) null);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      for (TrustManager each : trust.getTrustManagers()) {
        if (each instanceof X509TrustManager manager) {
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(null, new TrustManager[] {manager}, null);
          builder.setSslContext(context, manager);
          return;
        }
      }
      throw new GeneralSecurityException("the JDK verifies no X.509 certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          authorities.orElse(JDK_AUTHORITIES) + " cannot be used: " + FailureText.of(e), e);
    }
  }

  private static KeyStore store(Path authorities) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(authorities)) {
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, each);
      }
    }
    return store;
  }
}
