package io.landfall.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An upstream router that takes every session and keeps what it was told of the one IPv4 prefix: a
 * word for each message.
 */
public final class TestRouter implements AutoCloseable {
  /** Its AS number. */
  public static final int ASN = 64_500;

  /** How the prefix stands here. */
  public enum Prefix {
    /** No path. */
    NONE,
    /** A path with GRACEFUL_SHUTDOWN: any other is better. */
    LEAVING,
    /** A path as usual. */
    USUAL
  }

  /** COMMUNITIES with GRACEFUL_SHUTDOWN alone (RFC 8326). */
  private static final String GRACEFUL_SHUTDOWN = "c00804ffff0000";

  private final ServerSocket listening;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile Prefix prefix = Prefix.NONE;

  /** One that listens at this address, on a free port. */
  public TestRouter(InetAddress at) {
    try {
      listening = new ServerSocket();
      listening.bind(new InetSocketAddress(at, 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /**
   * The ingress section of a node that announces to this router alone.
   *
   * @param keys its other keys, two blanks before every line but the first
   */
  public String ingress(String keys) {
    return """
    ingress:
      prefixes: [198.51.100.0/24]
      %s
      upstreams: [%s]
    """
        .formatted(keys, upstream(""));
  }

  /**
   * This router as an upstream of a node.
   *
   * @param keys its other keys, each behind a comma
   */
  public String upstream(String keys) {
    return "{address: \"%s\", port: %d, asn: %d, local-asn: 64496%s}"
        .formatted(
            listening.getInetAddress().getHostAddress(), listening.getLocalPort(), ASN, keys);
  }

  /** {@code open}, {@code announce}, {@code gshut}, {@code withdraw}, {@code end-of-rib}, cease. */
  public List<String> told() {
    return List.copyOf(told);
  }

  /** How the prefix stands here now. */
  public Prefix prefix() {
    return prefix;
  }

  private void accept() {
    try {
      while (!listening.isClosed()) {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> session(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void session(Socket socket) {
    try (socket) {
      socket
          .getOutputStream()
          .write(
              Octets.join(
                  BgpMessages.open(ASN, Octets.ipv4("192.0.2.1")), BgpMessages.keepalive()));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] header = in.readNBytes(BgpMessages.HEADER_BYTES);
        if (header.length < BgpMessages.HEADER_BYTES) {
          return;
        }
        int length = ByteBuffer.wrap(header).getShort(16) & 0xffff;
        byte[] body = in.readNBytes(length - BgpMessages.HEADER_BYTES);
        switch (header[18]) {
          case BgpMessages.OPEN -> told.add("open");
          case BgpMessages.UPDATE -> update(word(body));
          case BgpMessages.KEEPALIVE -> socket.getOutputStream().write(BgpMessages.keepalive());
          case BgpMessages.NOTIFICATION -> told.add("cease");
          default -> {}
        }
      }
    } catch (IOException e) {
      // Cut off.
    } finally {
      // A new session is opened only after the end of the one before.
      prefix = Prefix.NONE;
    }
  }

  private void update(String word) {
    prefix =
        switch (word) {
          case "announce" -> Prefix.USUAL;
          case "gshut" -> Prefix.LEAVING;
          case "withdraw" -> Prefix.NONE;
          default -> prefix;
        };
    told.add(word);
  }

  private static String word(byte[] body) {
    ByteBuffer update = ByteBuffer.wrap(body);
    int withdrawn = update.getShort() & 0xffff;
    if (body.length == 4) {
      return "end-of-rib";
    }
    if (withdrawn > 0) {
      return "withdraw";
    }
    return HexFormat.of().formatHex(body).contains(GRACEFUL_SHUTDOWN) ? "gshut" : "announce";
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
