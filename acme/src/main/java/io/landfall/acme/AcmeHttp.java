package io.landfall.acme;

import io.landfall.core.FailureText;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Requests to a CA over https, each bounded in time and in bytes; no redirect is followed. */
final class AcmeHttp implements AutoCloseable {
  /** How long one request may take, with its whole answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The longest answer; chains have some thousand bytes. */
  static final int MAX_ANSWER_BYTES = 256 * 1024;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** The longest wait that a CA can ask for. */
  static final Duration MAX_RETRY_AFTER = Duration.ofDays(7);

  /**
   * The CAs that the JDK comes with. They are read from their file, for the default trust store of
   * the process is empty (tools/start.sh).
   */
  private static final Path JDK_AUTHORITIES =
      Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");

  private static final String HTTPS = "https";
  private static final int MAX_DIGITS = 9;

  private final HttpClient client;

  /**
   * To a CA whose certificate leads to one of these authorities.
   *
   * @param authorities PEM file; empty for the JDK's
   */
  AcmeHttp(Optional<Path> authorities) throws AcmeFailure {
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .sslContext(trusting(authorities))
            .build();
  }

  private static SSLContext trusting(Optional<Path> authorities) throws AcmeFailure {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trustManagers(authorities), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AcmeFailure(
          authorities.orElse(JDK_AUTHORITIES)
              + " cannot be used: "
              + AcmeFailure.clean(FailureText.of(e)));
    }
  }

  /** Who is believed: these authorities, or the JDK's, whatever its default trust store is. */
  static TrustManager[] trustManagers(Optional<Path> authorities)
      throws AcmeFailure, GeneralSecurityException, IOException {
    KeyStore store =
        authorities.isPresent()
            ? store(authorities.get())
            : KeyStore.getInstance(JDK_AUTHORITIES.toFile(), (char[]) null);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyStore store(Path authorities)
      throws AcmeFailure, GeneralSecurityException, IOException {
    List<X509Certificate> read =
        switch (Pem.readCertificates(authorities)) {
          case FileResult.Bad<List<X509Certificate>> bad -> throw new AcmeFailure(bad.sentence());
          case FileResult.Good<List<X509Certificate>>(List<X509Certificate> good) -> good;
        };
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < read.size(); i++) {
      store.setCertificateEntry("ca-" + i, read.get(i));
    }
    return store;
  }

  /**
   * An answer.
   *
   * @param status its status
   * @param response its fields
   * @param body all of it
   */
  record Answer(int status, HttpResponse<?> response, byte[] body) {
    Optional<String> field(String name) {
      return response.headers().firstValue(name);
    }

    /** How long the CA asks to wait (RFC 9110 section 10.2.3), bounded; empty if it does not. */
    Optional<Duration> retryAfter(Instant now) {
      return field("Retry-After").flatMap(text -> retryAfter(text.strip(), now));
    }

    private static Optional<Duration> retryAfter(String text, Instant now) {
      Duration wait;
      if (!text.isEmpty()
          && text.length() <= MAX_DIGITS
          && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        wait = Duration.ofSeconds(Long.parseLong(text));
      } else {
        try {
          Instant until =
              ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
          wait = Duration.between(now, until);
        } catch (DateTimeParseException e) {
          return Optional.empty();
        }
      }
      if (wait.isNegative()) {
        return Optional.of(Duration.ZERO);
      }
      return Optional.of(wait.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wait);
    }
  }

  Answer get(String url) throws AcmeFailure, InterruptedException {
    return send(url, request(url).GET());
  }

  Answer head(String url) throws AcmeFailure, InterruptedException {
    return send(url, request(url).HEAD());
  }

  /** A POST of a signed message (RFC 8555 section 6.2). */
  Answer post(String url, String signed, String accept) throws AcmeFailure, InterruptedException {
    return send(
        url,
        request(url)
            .header("Content-Type", "application/jose+json")
            .header("Accept", accept)
            .POST(HttpRequest.BodyPublishers.ofString(signed, StandardCharsets.UTF_8)));
  }

  private static HttpRequest.Builder request(String url) throws AcmeFailure {
    try {
      URI uri = URI.create(url);
      if (HTTPS.equalsIgnoreCase(uri.getScheme())) {
        return HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("User-Agent", "landfall");
      }
    } catch (IllegalArgumentException e) {
      // Below it is refused as any other that is not https.
    }
    throw new AcmeFailure("the CA names a URL that is not https: " + AcmeFailure.clean(url));
  }

  private Answer send(String url, HttpRequest.Builder request)
      throws AcmeFailure, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    try {
      // The request's own limit ends with the head of the answer.
      HttpResponse<byte[]> response = sent.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response, response.body());
    } catch (TimeoutException e) {
      throw new AcmeFailure(
          "no whole answer from "
              + AcmeFailure.clean(url)
              + " within "
              + TIMEOUT.toSeconds()
              + " s");
    } catch (ExecutionException e) {
      throw new AcmeFailure(
          "no answer from " + AcmeFailure.clean(url) + ": " + AcmeFailure.clean(FailureText.of(e)));
    } finally {
      sent.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
