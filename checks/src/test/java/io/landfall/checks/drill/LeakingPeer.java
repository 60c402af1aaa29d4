package io.landfall.checks.drill;

import io.landfall.testkit.TestJvm;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A process that connects to a BGP speaker, by plain TCP or as a node does, and says a file. Then
 * it says every file that it is given on standard input, keeps the session alive, and writes a line
 * for each message that it hears: {@code heard TYPE LENGTH}.
 */
final class LeakingPeer {
  private static final int BGP_PORT = 179;
  private static final int OVERLAY_PORT = 8443;
  private static final int CLIENT_HELLO_BYTES = 64 * 1024;
  private static final long KEEPALIVE_SECONDS = 1;

  private final OutputStream out;

  private LeakingPeer(OutputStream out) {
    this.out = out;
  }

  /** The command that runs it over plain TCP. */
  static List<String> command(String speaker, Path stream) {
    return TestJvm.command(List.of(), LeakingPeer.class.getName(), speaker, stream.toString());
  }

  /** The command that runs it as the node whose certificate and key are in these files. */
  static List<String> overTls(String node, Path stream, Path ca, Path certificate, Path key) {
    List<String> command = new ArrayList<>(command(node, stream));
    command.addAll(List.of(ca.toString(), certificate.toString(), key.toString()));
    return command;
  }

  /** Arguments: the speaker's address, the file; for TLS also CA, certificate and key. */
  public static void main(String[] arguments) throws IOException, GeneralSecurityException {
    InetAddress speaker = InetAddress.ofLiteral(arguments[0]);
    try (Socket socket =
        arguments.length == 2 ? new Socket(speaker, BGP_PORT) : secured(speaker, arguments)) {
      LeakingPeer peer = new LeakingPeer(socket.getOutputStream());
      Thread.ofPlatform().daemon().start(() -> hear(socket));
      peer.say(Files.readAllBytes(Path.of(arguments[1])));
      peer.keepAlive();
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        peer.say(Files.readAllBytes(Path.of(order)));
      }
    }
  }

  private synchronized void say(byte[] messages) throws IOException {
    out.write(messages);
    out.flush();
  }

  private void keepAlive() {
    var _ =
        Executors.newSingleThreadScheduledExecutor(
                work -> Thread.ofPlatform().daemon().unstarted(work))
            .scheduleAtFixedRate(
                () -> {
                  try {
                    say(Wires.KEEPALIVE);
                  } catch (IOException e) {
                    throw new IllegalStateException("the session is over", e);
                  }
                },
                KEEPALIVE_SECONDS,
                KEEPALIVE_SECONDS,
                TimeUnit.SECONDS);
  }

  private static void hear(Socket socket) {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        in.skipNBytes(16);
        int length = in.readUnsignedShort();
        System.out.println("heard " + in.readUnsignedByte() + " " + length);
        in.skipNBytes(length - 19);
      }
    } catch (IOException e) {
      System.out.println("the other side ended it: " + e);
    }
  }

  private static SSLSocket secured(InetAddress speaker, String[] arguments)
      throws IOException, GeneralSecurityException {
    if (!(Credentials.load(Path.of(arguments[3]), Path.of(arguments[4]))
        instanceof FileResult.Good<Credentials>(Credentials own))) {
      throw new IOException("no credentials in " + arguments[3]);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var ca = Files.newInputStream(Path.of(arguments[2]))) {
      trusted.setCertificateEntry(
          "ca", java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(ca));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    // Not before all is read, the classes of a handshake too: who sends nothing for a second is
    // refused.
    SSLEngine first = context.createSSLEngine();
    first.setUseClientMode(true);
    var _ = first.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(CLIENT_HELLO_BYTES));
    Socket plain = new Socket(speaker, OVERLAY_PORT);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "node", OVERLAY_PORT, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"landfall-bgp/1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
