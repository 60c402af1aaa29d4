package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.landfall.trust.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Asks for a service at the overlay port, as the landing node of a request would (RFC 9113). */
final class H2Caller implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 30_000;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM_AND_HEADERS = 5;

  /** What came of a request that was neither answered nor ended in time. */
  static final String SILENT = "no answer";

  private final SSLSocket socket;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private int nextStream = 1;

  /** Connects from an address, with a certificate. */
  H2Caller(InetSocketAddress to, InetAddress from, Credentials own) {
    try {
      Socket plain = new Socket();
      plain.bind(new InetSocketAddress(from, 0));
      plain.connect(to, DEADLINE_MILLIS);
      socket =
          (SSLSocket)
              ScriptedPeer.tls(own)
                  .getSocketFactory()
                  .createSocket(plain, "node", to.getPort(), true);
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      out = new DataOutputStream(socket.getOutputStream());
      in = new DataInputStream(socket.getInputStream());
      out.write(PREFACE.getBytes(US_ASCII));
      frame(SETTINGS, 0, 0, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request on a connection of its own: see {@link #ask}. */
  static String ask(
      InetSocketAddress to, InetAddress from, Credentials own, String host, String... fields) {
    try (H2Caller caller = new H2Caller(to, from, own)) {
      return caller.ask(host, fields);
    } catch (UncheckedIOException e) {
      return "closed";
    }
  }

  /** Asks the node itself something, on a connection of its own; what came of it. */
  static String askItself(InetSocketAddress to, InetAddress from, Credentials own) {
    try (H2Caller caller = new H2Caller(to, from, own)) {
      return caller.ask(new DefaultHttp2Headers().method("POST").scheme("landfall"), "node");
    } catch (UncheckedIOException e) {
      return "closed";
    }
  }

  /**
   * Asks, and returns what came of it.
   *
   * @param fields names and values in turn
   * @return the status, the error code of a reset, {@code GOAWAY}, {@code closed} or {@link
   *     #SILENT}
   */
  String ask(String host, String... fields) {
    return ask(new DefaultHttp2Headers().method("GET").scheme("http"), host, fields);
  }

  private String ask(Http2Headers headers, String host, String... fields) {
    try {
      headers.authority(host).path("/");
      for (int i = 0; i < fields.length; i += 2) {
        headers.add(fields[i], fields[i + 1]);
      }
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(nextStream, headers, block);
      byte[] bytes = new byte[block.readableBytes()];
      block.readBytes(bytes);
      frame(HEADERS, END_STREAM_AND_HEADERS, nextStream, bytes);
      nextStream += 2;
      return answer();
    } catch (SocketTimeoutException e) {
      return SILENT;
    } catch (IOException e) {
      return "closed";
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The same, but a GOAWAY is no end: waits for an answer or for the end of the connection. */
  String askUntilClosed(String host) {
    String said = ask(host);
    try {
      while (said.equals("GOAWAY")) {
        said = answer();
      }
      return said;
    } catch (SocketTimeoutException e) {
      return SILENT;
    } catch (IOException e) {
      return "closed";
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  private String answer() throws IOException, Http2Exception {
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      switch (type) {
        case HEADERS -> {
          return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)).status().toString();
        }
        case RST_STREAM -> {
          return Http2Error.valueOf(Unpooled.wrappedBuffer(payload).readUnsignedInt()).name();
        }
        case GOAWAY -> {
          return "GOAWAY";
        }
        default -> {
          // SETTINGS and the like.
        }
      }
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(whole);
    data.writeByte(payload.length >> 16);
    data.writeShort(payload.length);
    data.writeByte(type);
    data.writeByte(flags);
    data.writeInt(stream);
    data.write(payload);
    out.write(whole.toByteArray());
    out.flush();
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
