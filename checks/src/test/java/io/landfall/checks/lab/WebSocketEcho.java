package io.landfall.checks.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A backend that sends every short frame of WebSocket (RFC 6455) back; a process of its own. Any
 * other request is answered once a client has closed its WebSocket in order: a page whose loading
 * waits for that is complete only then.
 */
final class WebSocketEcho {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int SHORT = 125;
  private static final int CLOSE = 8;
  private static final long PATIENCE_SECONDS = 60;
  private static final CountDownLatch CLOSED = new CountDownLatch(1);

  private WebSocketEcho() {}

  /** Listens on the loopback port that is given. */
  static void main(String[] args) throws IOException {
    try (ServerSocket listener =
        new ServerSocket(Integer.parseInt(args[0]), 16, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      String key = "";
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        if (line.regionMatches(true, 0, "sec-websocket-key:", 0, 18)) {
          key = line.substring(18).strip();
        }
      }
      if (key.isEmpty()) {
        boolean _ = CLOSED.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        out.write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
        return;
      }
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(key)
                  + "\r\n\r\n")
              .getBytes(US_ASCII));
      while (echo(in, out)) {
        out.flush();
      }
      CLOSED.countDown();
    } catch (IOException e) {
      // A probe, or a browser that has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One frame, which a client masks and a server does not; whether it was not the last. */
  private static boolean echo(DataInputStream in, OutputStream out) throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte() & 0x7f;
    if (length > SHORT) {
      return false;
    }
    byte[] mask = in.readNBytes(4);
    byte[] data = in.readNBytes(length);
    for (int i = 0; i < data.length; i++) {
      data[i] ^= mask[i % 4];
    }
    out.write(first);
    out.write(length);
    out.write(data);
    return (first & 0x0f) != CLOSE;
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
