package io.landfall.checks.e2e;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A client's connection over HTTP/2 without mercy: one request at a time and one download beside
 * it, of which each byte has to come. The other end's GOAWAY (RFC 9113 section 6.8) is followed: no
 * further request is sent, and what it has taken has to be answered.
 */
final class TakeoverHttp2 implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int LARGE_WINDOW = 1 << 30;

  /** The first one of a client. */
  private static final int DOWNLOAD_STREAM = 1;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final CRC32C downloaded = new CRC32C();
  private final String host;
  private int next = DOWNLOAD_STREAM;
  private long downloadBytes;
  private boolean downloadEnded;
  private boolean goesOn = true;

  /** The last stream that the other end takes. */
  private int lastTaken = Integer.MAX_VALUE;

  TakeoverHttp2(Socket socket, String host) throws IOException {
    this.socket = socket;
    this.host = host;
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    frame(WINDOW_UPDATE, 0, 0, number(LARGE_WINDOW));
  }

  /** Whether it takes another request. */
  boolean goesOn() {
    return goesOn;
  }

  /** Begins a download, of which so much as one window comes by itself. */
  void begin(String path) throws IOException {
    send(path);
  }

  /** Lets the rest of the download come, and waits for its end; its checksum. */
  long finish() throws IOException {
    frame(WINDOW_UPDATE, 0, DOWNLOAD_STREAM, number(LARGE_WINDOW));
    while (!downloadEnded) {
      read(DOWNLOAD_STREAM);
    }
    return downloaded.getValue();
  }

  /** How much of the download has come. */
  long downloadBytes() {
    return downloadBytes;
  }

  /**
   * One GET that has to be answered with 200 and {@code ok}; false if the other end has left before
   * it took the request, so that it is to be sent elsewhere.
   */
  boolean ask() throws IOException {
    int stream = send("/");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      if (stream > lastTaken) {
        return false;
      }
      Frame frame = read(stream);
      if (frame.type() == DATA && frame.stream() == stream) {
        body.writeBytes(frame.payload());
      }
      if (frame.stream() == stream && frame.ends()) {
        String text = body.toString(StandardCharsets.US_ASCII);
        if (!text.equals("ok")) {
          throw new IOException("the body was '" + text + "'");
        }
        return true;
      }
    }
  }

  private int send(String path) throws IOException {
    int stream = next;
    next += 2;
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String text :
        new String[] {":method", "GET", ":scheme", "https", ":path", path, ":authority", host}) {
      if (text.startsWith(":")) {
        block.write(0); // literal, without indexing: RFC 7541 section 6.2.2
      }
      block.write(text.length());
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
    frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
    return stream;
  }

  private record Frame(int type, int flags, int stream, byte[] payload) {
    boolean ends() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  /** Reads a frame, and does what concerns the connection and the download. */
  private Frame read(int waited) throws IOException {
    int head = in.readInt();
    Frame frame =
        new Frame(head & 0xff, in.readUnsignedByte(), in.readInt(), in.readNBytes(head >>> 8));
    switch (frame.type()) {
      case SETTINGS -> {
        if ((frame.flags() & ACK) == 0) {
          frame(SETTINGS, ACK, 0, new byte[0]);
        }
      }
      case PING -> {
        if ((frame.flags() & ACK) == 0) {
          frame(PING, ACK, 0, frame.payload());
        }
      }
      case GOAWAY -> {
        goesOn = false;
        lastTaken = ByteBuffer.wrap(frame.payload()).getInt();
        int code = ByteBuffer.wrap(frame.payload()).getInt(4);
        if (code != 0) {
          throw new IOException("GOAWAY with error " + code);
        }
      }
      case HEADERS -> checkStatus(frame);
      case RST_STREAM ->
          throw new IOException("stream " + frame.stream() + " was reset, waiting for " + waited);
      case DATA -> {
        if (frame.stream() == DOWNLOAD_STREAM) {
          downloaded.update(frame.payload());
          downloadBytes += frame.payload().length;
        }
      }
      default -> {
        // WINDOW_UPDATE: no request has a body.
      }
    }
    downloadEnded |= frame.stream() == DOWNLOAD_STREAM && frame.ends();
    return frame;
  }

  private void checkStatus(Frame frame) throws IOException {
    try {
      Http2Headers fields =
          hpack.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
      if (!"200".contentEquals(fields.status())) {
        throw new IOException("answered " + fields.status());
      }
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    out.write(Arrays.copyOf(frame.array(), frame.position()));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** Ends the connection. */
  void end() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    end();
  }
}
