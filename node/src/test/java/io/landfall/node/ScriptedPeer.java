package io.landfall.node;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A peer that does at the overlay port exactly what it is told, right or wrong. */
final class ScriptedPeer implements AutoCloseable {
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

  /** A TLS context that trusts every certificate and presents this one, or none. */
  static SSLContext tls(@Nullable Credentials own) {
    return own == null ? TrustingTls.anonymous() : TrustingTls.presenting(own.chain(), own.key());
  }

  /** The same with another judge of the other end's certificate. */
  static SSLContext tls(Credentials own, TrustManager judge) {
    return TrustingTls.presenting(own.chain(), own.key(), judge);
  }

  /** Connects and shakes hands; in TLS 1.3 the node's verdict comes only after that. */
  static SSLSocket handshake(
      InetSocketAddress to, SSLContext context, String[] versions, String... alpn)
      throws IOException {
    Socket plain = new Socket();
    // From an address that is no node's own.
    plain.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    plain.connect(to, DEADLINE_MILLIS);
    return TrustingTls.handshake(plain, context, versions, alpn);
  }

  /** Connects as a well-behaved node would, up to the first byte of BGP. */
  static ScriptedPeer connect(InetSocketAddress to, Credentials own) {
    try {
      return new ScriptedPeer(handshake(to, tls(own), new String[] {"TLSv1.3"}, TrustingTls.BGP));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes through OPEN and KEEPALIVE until both sides are Established, and keeps it so. */
  ScriptedPeer establish(int identifier) {
    send(BgpBytes.open(identifier));
    awaitMessage(BgpMessages.OPEN);
    send(BgpMessages.keepalive());
    awaitMessage(BgpMessages.KEEPALIVE);
    keepalives.scheduleAtFixedRate(this::keepAlive, 1, 1, TimeUnit.SECONDS);
    return this;
  }

  private void keepAlive() {
    try {
      send(BgpMessages.keepalive());
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
    Await.until("a message of type " + type, () -> has(type), () -> messages + " ended=" + ended);
  }

  boolean has(int type) {
    return messages.stream().anyMatch(message -> message.type() == type);
  }

  /** The NOTIFICATION that the node sent: code and subcode; waits for it. */
  String notification() {
    awaitMessage(BgpMessages.NOTIFICATION);
    byte[] body =
        messages.stream()
            .filter(message -> message.type() == BgpMessages.NOTIFICATION)
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
}
