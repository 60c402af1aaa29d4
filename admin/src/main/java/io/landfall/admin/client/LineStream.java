package io.landfall.admin.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stream of lines from a node's admin socket: HTTP/1.1 with chunked transfer coding (RFC 9112
 * section 7.1). A stream that ends without its last chunk was cut off, and that is told apart.
 */
public final class LineStream implements AutoCloseable {
  /** The longest line that is read; a host with hundreds of paths fits. */
  public static final int MAX_LINE_BYTES = 1 << 20;

  private static final int MAX_HEAD_BYTES = 16 * 1024;

  private static final Pattern CONTENT_LENGTH =
      Pattern.compile("content-length: *([0-9]{1,9})", Pattern.CASE_INSENSITIVE);

  private final SocketChannel channel;
  private final InputStream in;
  private long chunkLeft;
  private boolean inChunk;
  private int status;

  /** How long an answer is that is no stream; to the end of the connection without that field. */
  private int contentBytes = Integer.MAX_VALUE;

  private LineStream(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /**
   * Asks, and reads the head of the answer.
   *
   * @throws IOException when there is no connection, or no head of HTTP/1.1
   */
  public static LineStream open(SocketAddress to, String path) throws IOException {
    SocketChannel channel = SocketChannel.open(to);
    LineStream stream = new LineStream(channel);
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
    status = HttpCall.status(line());
    int headBytes = 0;
    for (String line = line(); !line.isEmpty() && headBytes < MAX_HEAD_BYTES; line = line()) {
      headBytes += line.length();
      Matcher length = CONTENT_LENGTH.matcher(line);
      if (length.matches()) {
        contentBytes = Integer.parseInt(length.group(1));
      }
    }
  }

  /**
   * What was answered instead of a stream, read to its end; empty when there is a stream.
   *
   * @throws IOException when it cannot be read
   */
  public Optional<HttpCall.Answer> refusal() throws IOException {
    return status == 200
        ? Optional.empty()
        : Optional.of(new HttpCall.Answer(status, List.of(), in.readNBytes(contentBytes)));
  }

  /**
   * The next line of the stream; empty at its proper end.
   *
   * @throws IOException when it was cut off, or a line is longer than {@link #MAX_LINE_BYTES}
   */
  public Optional<String> next() throws IOException {
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
      chunkLeft = HttpCall.chunkBytes(line());
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
