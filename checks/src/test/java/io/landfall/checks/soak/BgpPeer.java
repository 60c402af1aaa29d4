package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * One BGP connection, of a good peer or a bad one, up to Established and what it wants from there.
 */
final class BgpPeer implements Closeable {
  private static final int SHAKE_MILLIS = 5_000;
  private static final long KEEPALIVE_MILLIS = 2_000;

  private final Socket plain;
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean ended;

  /**
   * A peer on a connection.
   *
   * @param plain the TCP connection, which is what is closed
   * @param socket the same, or TLS on it
   */
  BgpPeer(Socket plain, Socket socket) throws IOException {
    this.plain = plain;
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  BgpPeer(Socket plain) throws IOException {
    this(plain, plain);
  }

  /** Shakes hands until both sides are Established. */
  BgpPeer establish(byte[] open) throws IOException {
    opened(open);
    send(BgpBytes.KEEPALIVE);
    expect(BgpMessages.KEEPALIVE);
    socket.setSoTimeout(0);
    return this;
  }

  /** Shakes hands until only this side's KEEPALIVE is missing. */
  void opened(byte[] open) throws IOException {
    socket.setSoTimeout(SHAKE_MILLIS);
    send(open);
    expect(BgpMessages.OPEN);
  }

  private void expect(int type) throws IOException {
    int got = read();
    if (got != type) {
      throw new IOException("a message of type " + got + " instead of " + type);
    }
  }

  /** Reads one message and returns its type. */
  int read() throws IOException {
    in.skipNBytes(16);
    int length = in.readUnsignedShort();
    int type = in.readUnsignedByte();
    in.skipNBytes(length - BgpMessages.HEADER_BYTES);
    return type;
  }

  /** Writes, all in one piece. */
  void send(byte[] bytes) throws IOException {
    synchronized (out) {
      out.write(bytes);
      out.flush();
    }
  }

  /** Reads all that comes and keeps the session alive, on threads of its own. */
  BgpPeer behave(IntConsumer types) {
    keepAlive();
    return readAll(types);
  }

  /**
   * Keeps the session alive, on a thread of its own: a write may take as long as it likes. Not on a
   * virtual one, whose few carriers attackers may have for seconds.
   */
  BgpPeer keepAlive() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (!closed.await(KEEPALIVE_MILLIS, TimeUnit.MILLISECONDS)) {
                  send(BgpBytes.KEEPALIVE);
                }
              } catch (IOException e) {
                ended = true;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return this;
  }

  /** Reads all that comes, on a thread of its own. */
  BgpPeer readAll(IntConsumer types) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  types.accept(read());
                }
              } catch (IOException e) {
                ended = true;
              }
            });
    return this;
  }

  /** Whether the node took the session away. */
  boolean ended() {
    return ended;
  }

  /** Reads until the node ends the connection, or the time is over. */
  void awaitEnd(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (read() != BgpMessages.NOTIFICATION) {
        // Whatever was on its way.
      }
    } catch (EOFException | SocketTimeoutException e) {
      // No NOTIFICATION answers a NOTIFICATION.
    }
  }

  /** Reads until the node asks for a refresh, or the time is over. */
  void awaitRefresh(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (read() != BgpMessages.ROUTE_REFRESH) {
        // Routes, and KEEPALIVEs.
      }
    } catch (SocketTimeoutException e) {
      // It did not ask; what comes then may do harm all the same.
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    closed.countDown();
    plain.close();
  }
}
