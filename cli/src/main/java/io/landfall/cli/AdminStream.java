package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A stream of lines from a node's admin socket: HTTP/1.1 with chunked transfer coding (RFC 9112
 * section 7.1). A stream that ends without its last chunk was cut off, and that is told apart.
 */
final class AdminStream implements AutoCloseable {
  /** The longest line that is read; a host with hundreds of paths fits. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int HEX = 16;

  private final SocketChannel channel;
  private final InputStream in;
  private long chunkLeft;
  private boolean inChunk;

  private AdminStream(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /**
   * Asks, and reads the head of the answer.
   *
   * @throws CliFailure when the node answers with anything but a stream
   */
  static AdminStream open(Path socket, String path) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    AdminStream stream = new AdminStream(channel);
    try {
      ByteBuffer request =
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                  .getBytes(UTF_8));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      stream.readHead();
      return stream;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    String line = line();
    if (!line.startsWith("HTTP/1.1 ") || line.length() < 12) {
      throw new IOException("what answers there does not speak HTTP/1.1");
    }
    String status = line.substring(9, 12);
    while (!line.isEmpty() && head.length() < MAX_HEAD_BYTES) {
      line = line();
      head.append(line).append('\n');
    }
    if (!status.equals("200")) {
      String body = new String(in.readAllBytes(), UTF_8);
      throw new CliFailure(
          ExitCode.NO,
          "the node refused ("
              + status
              + "): "
              + AdminClient.detail(new AdminClient.Answer(Integer.parseInt(status), body)));
    }
  }

  /** The next line of the stream; empty at its proper end. */
  Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = readByte();
    while (b >= 0 && b != '\n') {
      line.write(b);
      if (line.size() > MAX_LINE_BYTES) {
        throw new IOException("a line of it is longer than " + MAX_LINE_BYTES + " bytes");
      }
      b = readByte();
    }
    return b < 0 ? Optional.empty() : Optional.of(line.toString(UTF_8));
  }

  /** The next byte of the body; -1 after the last chunk. */
  private int readByte() throws IOException {
    while (chunkLeft == 0) {
      if (inChunk) {
        line();
      }
      inChunk = true;
      String size = line();
      try {
        chunkLeft = Long.parseLong(size, HEX);
      } catch (NumberFormatException e) {
        throw new IOException("its chunks are not HTTP/1.1", e);
      }
      if (chunkLeft == 0) {
        return -1;
      }
    }
    chunkLeft--;
    int b = in.read();
    if (b < 0) {
      throw new EOFException("it was cut off");
    }
    return b;
  }

  /** A line of the head, or of the chunking. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      if (b != '\r') {
        line.append((char) b);
      }
      if (line.length() > MAX_HEAD_BYTES) {
        throw new IOException("what answers there does not speak HTTP/1.1");
      }
      b = in.read();
    }
    if (b < 0) {
      throw new EOFException("it was cut off");
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
