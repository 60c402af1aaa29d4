package io.landfall.checks.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A backend for bodies of any size: {@code GET /bytes/N} sends N patterned bytes, a POST is read to
 * its end and answered with its checksum, and what asks for another protocol gets back what it
 * sends from then on. It counts what passed, and waits before it reads a body for as long as it is
 * told to.
 */
public final class StreamingOrigin implements AutoCloseable {
  private static final int PIECE = 256 * 1024;

  final AtomicLong sent = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  volatile CountDownLatch mayRead = new CountDownLatch(0);
  private final ServerSocket server;

  /** A backend at this address, with a port of its own. */
  public StreamingOrigin(InetAddress at) {
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      // Small, so that what is under way between two processes is not the sockets' doing.
      server.setReceiveBufferSize(PIECE);
      server.bind(new InetSocketAddress(at, 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** What a config names it by. */
  public String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  /** The piece of the pattern that every body repeats. */
  static byte[] pattern() {
    byte[] pattern = new byte[PIECE];
    for (int i = 0; i < PIECE; i++) {
      pattern[i] = (byte) (i * 31 + (i >>> 8));
    }
    return pattern;
  }

  /** The checksum of a body of this length. */
  static long checksum(long length) {
    CRC32C sum = new CRC32C();
    byte[] pattern = pattern();
    for (long left = length; left > 0; left -= PIECE) {
      sum.update(pattern, 0, (int) Math.min(left, PIECE));
    }
    return sum.getValue();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> converse(socket));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), PIECE);
      OutputStream out = socket.getOutputStream();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        long length = 0;
        boolean upgrades = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
          if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Long.parseLong(field.substring("content-length:".length()).strip());
          }
          upgrades |= field.toLowerCase(Locale.ROOT).startsWith("upgrade:");
        }
        String target = line.split(" ", 3)[1];
        if (upgrades) {
          out.write(
              ("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                      // For the key of RFC 6455 section 1.3.
                      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          in.transferTo(out);
          return;
        }
        if (target.startsWith("/bytes/")) {
          send(out, Long.parseLong(target.substring("/bytes/".length())));
        } else {
          answer(out, length == 0 ? "ok" : Long.toString(read(in, length)));
        }
      }
    } catch (IOException e) {
      // The node went away: its business.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(OutputStream out, long length) throws IOException {
    out.write(head(length));
    byte[] pattern = pattern();
    for (long left = length; left > 0; left -= PIECE) {
      int now = (int) Math.min(left, PIECE);
      out.write(pattern, 0, now);
      sent.addAndGet(now);
    }
  }

  private long read(InputStream in, long length) throws IOException, InterruptedException {
    mayRead.await();
    CRC32C sum = new CRC32C();
    byte[] buffer = new byte[PIECE];
    for (long left = length; left > 0; ) {
      int now = in.read(buffer, 0, (int) Math.min(left, PIECE));
      if (now < 0) {
        throw new IOException("the body ended early");
      }
      sum.update(buffer, 0, now);
      received.addAndGet(now);
      left -= now;
    }
    return sum.getValue();
  }

  private static void answer(OutputStream out, String text) throws IOException {
    out.write(head(text.length()));
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] head(long length) {
    return ("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    mayRead.countDown();
    server.close();
  }
}
