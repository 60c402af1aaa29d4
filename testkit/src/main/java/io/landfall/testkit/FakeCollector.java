package io.landfall.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/**
 * A collector of spans on a loopback address: takes what is posted to it by OTLP over HTTP, and
 * reads it. A test may let it refuse, or answer nothing.
 */
public final class FakeCollector implements AutoCloseable {
  private static final int BACKLOG = 50;
  private static final int HEX = 16;
  private static final int OK = 200;

  /** What it has received, in the order of its arrival. */
  public final List<OtlpSpan> spans = new CopyOnWriteArrayList<>();

  /** The paths that were posted to. */
  public final List<String> paths = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final String scheme;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int status = OK;
  private volatile boolean silent;

  /** One of http at a free port of 127.0.0.1. */
  public FakeCollector() {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** One of http at an address of the test's own. */
  public FakeCollector(InetSocketAddress at) {
    try {
      server = new ServerSocket(at.getPort(), BACKLOG, at.getAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scheme = "http";
    start();
  }

  /** One of https with a certificate, at a free port of 127.0.0.1. */
  public FakeCollector(SSLContext context) {
    try {
      server =
          context
              .getServerSocketFactory()
              .createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scheme = "https";
    start();
  }

  private void start() {
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it is, without a path. */
  public URI url() {
    return URI.create(
        scheme + "://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort());
  }

  /** Answers with this status from now on; spans count only with 200. */
  public void answers(int with) {
    status = with;
  }

  /** Reads, and answers nothing from now on; or does again. */
  public void silent(boolean now) {
    silent = now;
  }

  /** Waits until so many spans have come. */
  public List<OtlpSpan> await(int count) {
    Await.until(count + " spans have come", () -> spans.size() >= count, () -> spans);
    return spans;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // It is closed; or a handshake failed, which its client reports.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      for (String first = line(in); !first.isEmpty(); first = line(in)) {
        byte[] body = body(in);
        int answer = status;
        if (silent) {
          return;
        }
        paths.add(first.split(" ", -1)[1]);
        if (answer == OK) {
          spans.addAll(OtlpSpan.all(body));
        }
        client
            .getOutputStream()
            .write(
                ("HTTP/1.1 "
                        + answer
                        + " X\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(ISO_8859_1));
      }
    } catch (IOException e) {
      // The client is gone.
    } finally {
      open.remove(client);
    }
  }

  private static byte[] body(InputStream in) throws IOException {
    int length = 0;
    boolean chunked = false;
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:");
    }
    if (!chunked) {
      return in.readNBytes(length);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(in), HEX);
        size > 0;
        size = Integer.parseInt(line(in), HEX)) {
      whole.write(in.readNBytes(size));
      line(in);
    }
    line(in);
    return whole.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (text.isEmpty()) {
          return "";
        }
        throw new EOFException("in a line");
      }
      text.append(next == '\r' ? "" : (char) next);
    }
    return text.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket each : open) {
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
