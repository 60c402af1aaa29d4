package io.landfall.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A client that sends exactly the bytes it is told to, and reads responses of HTTP/1.1. */
public final class RawClient implements AutoCloseable {
  public static final int DEADLINE_MILLIS = 20_000;

  /** A response as it was on the wire. */
  public record Answer(int status, List<String> fields, String body) {
    public Optional<String> field(String name) {
      return all(name).stream().findFirst();
    }

    public List<String> all(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return fields.stream()
          .filter(f -> f.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(f -> f.substring(prefix.length()).trim())
          .toList();
    }
  }

  private final Socket socket;
  private final InputStream in;

  public RawClient(InetSocketAddress to) {
    this(connected(to));
  }

  public RawClient(Socket connected) {
    socket = connected;
    try {
      socket.setSoTimeout(DEADLINE_MILLIS);
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connected(InetSocketAddress to) {
    try {
      Socket made = new Socket();
      made.setTcpNoDelay(true);
      made.connect(to, DEADLINE_MILLIS);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Text with the line ends of HTTP. */
  public static String wire(String text) {
    return text.replace("\n", "\r\n");
  }

  public static Answer get(InetSocketAddress to, String host, String path) {
    try (RawClient client = new RawClient(to)) {
      return client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read();
    }
  }

  public RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Answer read() {
    return read(false);
  }

  public Answer read(boolean toHead) {
    Answer head = readHead();
    while (head.status() < 200) {
      head = readHead();
    }
    boolean bodyless = toHead || head.status() == 204 || head.status() == 304;
    String body = bodyless || head.status() < 200 ? "" : text(readBody(head));
    return new Answer(head.status(), head.fields(), body);
  }

  /** The body behind a head that has one. */
  public byte[] readBody(Answer head) {
    if (head.field("transfer-encoding").isPresent()) {
      return readChunked().getBytes(StandardCharsets.ISO_8859_1);
    }
    return head.field("content-length").isPresent()
        ? readExactly(Integer.parseInt(head.field("content-length").get()))
        : readToEnd();
  }

  public Answer readHead() {
    String status = readLine();
    List<String> fields = new ArrayList<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      fields.add(line);
    }
    return new Answer(Integer.parseInt(status.substring(9, 12)), fields, "");
  }

  private String readChunked() {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(readLine(), 16);
      if (size == 0) {
        readLine();
        return body.toString();
      }
      body.append(text(readExactly(size)));
      readLine();
    }
  }

  public String readLine() {
    StringBuilder line = new StringBuilder();
    for (int b = readByte(); ; b = readByte()) {
      if (b < 0) {
        throw new IllegalStateException("the connection ended in '" + line + "'");
      }
      if (b == '\n') {
        return line.substring(0, line.length() - 1);
      }
      line.append((char) b);
    }
  }

  public int readByte() {
    try {
      return in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int read(byte[] into) {
    try {
      return in.read(into);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads some bytes into a part of an array; -1 at the end. */
  public int read(byte[] into, int offset, int most) {
    try {
      return in.read(into, offset, most);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] readExactly(int length) {
    try {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new IllegalStateException("the connection ended after " + bytes.length + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] readToEnd() {
    try {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      in.transferTo(all);
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the other side has closed or reset, and sent nothing more. */
  public boolean isEnded() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether the other side ends with a reset, behind whatever it sent, and not in order. */
  public boolean isReset() {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return false;
    } catch (java.net.SocketTimeoutException e) {
      throw new IllegalStateException("the connection goes on", e);
    } catch (IOException e) {
      return true;
    }
  }

  /** Sends nothing more, and goes on reading. */
  public RawClient endOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes away at once, with a reset. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
