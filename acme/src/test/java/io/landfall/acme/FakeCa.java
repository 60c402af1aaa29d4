package io.landfall.acme;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.trust.Credentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A CA whose answers a test writes, over https on loopback; each connection has one request. */
final class FakeCa implements AutoCloseable {
  private static final char[] PASSWORD = "password".toCharArray();

  /** What answers a request. */
  interface Script {
    /**
     * The answer, with its head.
     *
     * @param line method and target
     */
    String answer(String line, String body) throws InterruptedException;
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final Path folder;
  private final SSLServerSocket socket;
  private final Script script;

  FakeCa(Path folder, Script script) throws IOException, GeneralSecurityException {
    this.folder = folder;
    this.script = script;
    long now = System.currentTimeMillis();
    CertificateAuthority ca = CertificateAuthority.generate("fake", now);
    Files.deleteIfExists(folder.resolve("fake.pem"));
    Files.deleteIfExists(folder.resolve("fake.key"));
    ca.save(folder.resolve("fake.pem"), folder.resolve("fake.key"));
    Credentials own = ca.issue(CertificateRequest.site(List.of("localhost"), now, 3_600_000));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("own", own.key(), PASSWORD, own.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("localhost"));
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        SSLSocket client = (SSLSocket) socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SSLSocket client) {
    try (client) {
      InputStream in = client.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int octet = in.read();
        if (octet < 0) {
          return;
        }
        head.write(octet);
      }
      String text = head.toString(ISO_8859_1);
      String line = text.substring(0, text.indexOf(" HTTP/"));
      String body = new String(in.readNBytes(length(text)), ISO_8859_1);
      requests.add(line);
      client.getOutputStream().write(script.answer(line, body).getBytes(ISO_8859_1));
      client.getOutputStream().flush();
    } catch (IOException | InterruptedException e) {
      // The client has had enough, or the test is over.
    }
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .map(line -> Integer.parseInt(line.substring("content-length:".length()).strip()))
        .findFirst()
        .orElse(0);
  }

  String url(String path) {
    return "https://localhost:" + socket.getLocalPort() + path;
  }

  /** Settings of an account there. */
  AcmeSettings settings(ChallengeType... challenges) {
    return new AcmeSettings(
        URI.create(url("/dir")),
        List.of("mailto:ops@example.com"),
        Optional.of(folder.resolve("fake.pem")),
        Optional.empty(),
        folder.resolve("account.pem"),
        List.of(challenges));
  }

  /** An answer with a body and a new nonce; the end of the connection ends the body. */
  static String answer(int status, String fields, String body) {
    return "HTTP/1.1 "
        + status
        + " x\r\nReplay-Nonce: n"
        + System.nanoTime()
        + "\r\nConnection: close\r\n"
        + fields
        + "\r\n"
        + body;
  }

  /** The directory. */
  String directory() {
    return answer(
        200,
        "",
        "{\"newNonce\":\"%s\",\"newAccount\":\"%s\",\"newOrder\":\"%s\"}"
            .formatted(url("/nonce"), url("/account"), url("/order")));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
