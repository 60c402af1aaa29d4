package io.landfall.node;

import io.landfall.trust.Credentials;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A peer that does at the overlay port exactly what it is told, right or wrong. */
final class ScriptedPeer implements AutoCloseable {
  static final String BGP = "landfall-bgp/1";
  private static final int DEADLINE_MILLIS = 30_000;

  /** A message that the node sent. */
  record Message(int type, byte[] body) {}

  final List<Message> messages = new CopyOnWriteArrayList<>();
  private final SSLSocket socket;
  private final OutputStream out;
  private final ScheduledExecutorService keepalives =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().daemon().unstarted(work));
  private volatile boolean ended;

  private ScriptedPeer(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    Thread.ofVirtual().start(this::read);
  }

  /** A TLS context that trusts everybody and shows this certificate, or none. */
  static SSLContext tls(@Nullable Credentials own) {
    return tls(own, new Trusting());
  }

  /** The same with another judge of the other end's certificate. */
  static SSLContext tls(@Nullable Credentials own, TrustManager judge) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = own == null ? new KeyManager[0] : new KeyManager[] {new Showing(own)};
      context.init(keys, new TrustManager[] {judge}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Connects and shakes hands; in TLS 1.3 the node's verdict comes only after that. */
  static SSLSocket handshake(
      InetSocketAddress to, SSLContext context, String[] versions, String... alpn)
      throws IOException {
    Socket plain = new Socket();
    // From an address that is no node's own.
    plain.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    plain.connect(to, DEADLINE_MILLIS);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "node", to.getPort(), true);
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setEnabledProtocols(versions);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Connects as a well-behaved node would, up to the first byte of BGP. */
  static ScriptedPeer connect(InetSocketAddress to, Credentials own) {
    try {
      return new ScriptedPeer(handshake(to, tls(own), new String[] {"TLSv1.3"}, BGP));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes through OPEN and KEEPALIVE until both sides are Established, and keeps it so. */
  ScriptedPeer establish(int identifier) {
    send(BgpBytes.open(identifier));
    awaitMessage(BgpBytes.OPEN);
    send(BgpBytes.keepalive());
    awaitMessage(BgpBytes.KEEPALIVE);
    keepalives.scheduleAtFixedRate(this::keepAlive, 1, 1, TimeUnit.SECONDS);
    return this;
  }

  private void keepAlive() {
    try {
      send(BgpBytes.keepalive());
    } catch (UncheckedIOException e) {
      keepalives.shutdown();
    }
  }

  ScriptedPeer send(byte[]... messagesToSend) {
    try {
      synchronized (out) {
        for (byte[] message : messagesToSend) {
          out.write(message);
        }
        out.flush();
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitMessage(int type) {
    Poll.until("a message of type " + type, () -> has(type), () -> messages + " ended=" + ended);
  }

  boolean has(int type) {
    return messages.stream().anyMatch(message -> message.type() == type);
  }

  /** The NOTIFICATION that the node sent: code and subcode; waits for it. */
  String notification() {
    awaitMessage(BgpBytes.NOTIFICATION);
    byte[] body =
        messages.stream()
            .filter(message -> message.type() == BgpBytes.NOTIFICATION)
            .findFirst()
            .orElseThrow()
            .body();
    return body[0] + "/" + body[1];
  }

  boolean isEnded() {
    return ended;
  }

  private void read() {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        in.skipNBytes(16);
        int length = in.readUnsignedShort();
        int type = in.readUnsignedByte();
        messages.add(new Message(type, in.readNBytes(length - 19)));
      }
    } catch (IOException e) {
      ended = true;
    }
  }

  @Override
  public void close() {
    keepalives.shutdownNow();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows its certificate whether or not the server says that it would believe its issuer. */
  private static final class Showing extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";
    private final Credentials own;

    Showing(Credentials own) {
      this.own = own;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.key();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return ALIAS;
    }
  }

  /** Trusts everybody: what the node believes is what is tested. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
