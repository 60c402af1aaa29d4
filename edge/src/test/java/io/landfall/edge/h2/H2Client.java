package io.landfall.edge.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.landfall.edge.RawClient;
import io.landfall.edge.h2.RawFrames.Frame;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A client of HTTP/2 that sends what a test gives it, frame by frame, and reads what comes. */
public final class H2Client implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final List<Frame> seen = new ArrayList<>();
  private boolean acknowledges = true;
  private final List<Http2Headers> heads = new ArrayList<>();

  /** With prior knowledge, and these settings. */
  public static H2Client open(InetSocketAddress to, RawFrames settings) throws IOException {
    return new H2Client(new Socket(to.getAddress(), to.getPort()), settings);
  }

  public static H2Client open(InetSocketAddress to) throws IOException {
    return open(to, new RawFrames().settings(0, 0));
  }

  public H2Client(Socket socket, RawFrames settings) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(RawClient.DEADLINE_MILLIS);
    this.in = new DataInputStream(socket.getInputStream());
    send(new RawFrames().preface());
    send(settings);
  }

  public H2Client send(RawFrames frames) throws IOException {
    socket.getOutputStream().write(frames.bytes());
    return this;
  }

  /** A field section, all of it literal. */
  public static byte[] fields(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0);
      text(block, namesAndValues[i]);
      text(block, namesAndValues[i + 1]);
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    int rest = text.length() - 127;
    out.write(Math.min(127, text.length()));
    if (rest >= 0) {
      while (rest >= 128) {
        out.write((rest & 127) | 128);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The fields of a request with these behind its pseudo-fields. */
  public static byte[] request(String method, String path, String... more) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(
        fields(":method", method, ":scheme", "http", ":path", path, ":authority", "shop.test"));
    block.writeBytes(fields(more));
    return block.toByteArray();
  }

  /** The fields of a request for WebSocket (RFC 8441 section 5). */
  public static byte[] webSocket() {
    String[] pairs = {
      ":method", "CONNECT",
      ":protocol", "websocket",
      ":scheme", "http",
      ":path", "/chat",
      ":authority", "shop.test",
      "sec-websocket-version", "13",
      "sec-websocket-protocol", "chat"
    };
    return fields(pairs);
  }

  /** Reads until such a frame is there; an end of the connection before is a failure. */
  Frame await(Predicate<Frame> wanted) throws IOException, Http2Exception {
    for (Frame frame = next(); ; frame = next()) {
      if (wanted.test(frame)) {
        return frame;
      }
    }
  }

  /** Reads until the stream is over: its end, or its reset. */
  public H2Client awaitEnd(int stream) throws IOException, Http2Exception {
    Predicate<Frame> end =
        f ->
            f.stream() == stream
                && (f.type() == RawFrames.RST_STREAM
                    || (f.type() <= RawFrames.HEADERS && (f.flags() & 1) != 0));
    if (seen.stream().noneMatch(end)) {
      await(end);
    }
    return this;
  }

  /** Reads until the connection is closed. */
  List<Frame> awaitClose() throws IOException, Http2Exception {
    try {
      await(f -> false);
    } catch (EOFException e) {
      // As it should.
    }
    return seen;
  }

  private Frame next() throws IOException, Http2Exception {
    byte[] head = new byte[9];
    try {
      in.readFully(head);
    } catch (EOFException e) {
      String last = seen.isEmpty() ? "" : new String(seen.getLast().payload(), ISO_8859_1);
      throw (EOFException) new EOFException("after " + seen.size() + ": " + last).initCause(e);
    }
    byte[] payload = new byte[((head[0] & 255) << 16) | ((head[1] & 255) << 8) | (head[2] & 255)];
    in.readFully(payload);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head);
    whole.writeBytes(payload);
    Frame frame = RawFrames.parse(whole.toByteArray()).getFirst();
    seen.add(frame);
    if (frame.type() == RawFrames.SETTINGS && frame.flags() == 0 && acknowledges) {
      send(new RawFrames().frame(RawFrames.SETTINGS, 1, 0, new byte[0]));
    }
    if (frame.type() == RawFrames.HEADERS) {
      heads.add(hpack.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload())));
    }
    return frame;
  }

  /** From now on SETTINGS are not acknowledged. */
  H2Client silent() {
    acknowledges = false;
    return this;
  }

  /** The frames that came. */
  List<Frame> seen() {
    return seen;
  }

  /** The statuses that came, in their order. */
  public List<String> statuses() {
    return heads.stream().map(h -> String.valueOf(h.status())).toList();
  }

  Http2Headers lastHead() {
    return heads.getLast();
  }

  /** What came of a stream's body. */
  public String body(int stream) {
    StringBuilder text = new StringBuilder();
    for (Frame frame : seen) {
      if (frame.type() == RawFrames.DATA && frame.stream() == stream) {
        text.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
