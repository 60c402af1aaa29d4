package io.landfall.edge.h2;

import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.OriginTls;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.RawFrames.Frame;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A backend over HTTP/2 that answers each frame with what a test gives it, legal or not. */
public final class H2Origin implements AutoCloseable {
  /** What it does when a frame has come that is not SETTINGS. */
  public interface Behaviour {
    void on(Frame frame, Link from) throws IOException;
  }

  /** A backend at a port on which nothing listens (tcpmux). */
  static final OriginServer NOWHERE =
      at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), Optional.empty());

  private static final int CONNECT_MILLIS = 20_000;

  private final ServerSocket server;
  private final RawFrames settings;
  private final Behaviour behaviour;
  private final TestBackend.Layer layer;

  /** The connections that came, newest last. */
  public final List<Link> links = new CopyOnWriteArrayList<>();

  public H2Origin(Behaviour behaviour) {
    this(behaviour, new RawFrames().settings(0, 0), accepted -> accepted);
  }

  public H2Origin(Behaviour behaviour, RawFrames settings, TestBackend.Layer layer) {
    this.behaviour = behaviour;
    this.settings = settings;
    this.layer = layer;
    try {
      server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** One that answers each request, when it is whole, with 200 and a text. */
  public static H2Origin saying(String text) {
    return new H2Origin((frame, from) -> sayAtTheEnd(frame, from, text));
  }

  static void sayAtTheEnd(Frame frame, Link from, String text) throws IOException {
    if (ends(frame)) {
      from.send(
          new RawFrames()
              .headers(frame.stream(), false, H2Client.fields(":status", "200"))
              .frame(
                  RawFrames.DATA,
                  RawFrames.END_STREAM,
                  frame.stream(),
                  text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /**
   * The same with further fields, and validators: 304 if the request has the tag that it would have
   * been given.
   */
  public static H2Origin saying(String text, String... fields) {
    return sayingLate(new CountDownLatch(0), text, fields);
  }

  /** The same, when a test lets it. */
  public static H2Origin sayingLate(CountDownLatch go, String text, String... fields) {
    return new H2Origin(
        (frame, from) -> {
          if (ends(frame)) {
            TestBackend.holdUntil(go);
            boolean unchanged = from.heads.getLast().contains("if-none-match");
            RawFrames answer =
                new RawFrames()
                    .headers(
                        frame.stream(),
                        unchanged,
                        RawFrames.joined(
                            H2Client.fields(":status", unchanged ? "304" : "200"),
                            H2Client.fields(fields)));
            if (!unchanged) {
              answer.frame(
                  RawFrames.DATA,
                  RawFrames.END_STREAM,
                  frame.stream(),
                  text.getBytes(StandardCharsets.US_ASCII));
            }
            from.send(answer);
          }
        });
  }

  /** How many heads of requests, and trailers, came on all connections. */
  public int requests() {
    return links.stream().mapToInt(link -> link.heads.size()).sum();
  }

  /** The tags that requests had in If-None-Match. */
  public List<String> conditions() {
    return links.stream()
        .flatMap(link -> link.heads.stream())
        .filter(head -> head.contains("if-none-match"))
        .map(head -> head.get("if-none-match").toString())
        .toList();
  }

  /** Whether a frame ends what its stream sends. */
  static boolean ends(Frame frame) {
    return frame.type() <= RawFrames.HEADERS && (frame.flags() & RawFrames.END_STREAM) != 0;
  }

  /** One connection. */
  public static final class Link {
    private final OutputStream out;
    private final Socket socket;
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);

    /** Whether the edge has not closed it yet. */
    volatile boolean open = true;

    /** The frames that came. */
    final List<Frame> seen = new CopyOnWriteArrayList<>();

    /** The heads and trailers that came, in their order. */
    final List<Http2Headers> heads = new CopyOnWriteArrayList<>();

    Link(Socket socket) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
    }

    void send(RawFrames frames) throws IOException {
      out.write(frames.bytes());
      out.flush();
    }

    void close() throws IOException {
      socket.close();
    }

    /** Ends what is sent to the edge; over TLS with a close_notify alone. */
    void endOutput() throws IOException {
      socket.shutdownOutput();
    }

    /** What came of a stream's body. */
    String body(int stream) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (Frame frame : seen) {
        if (frame.type() == RawFrames.DATA && frame.stream() == stream) {
          text.writeBytes(frame.payload());
        }
      }
      return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** The code with which a stream was reset, if it was. */
    Optional<Integer> resetOf(int stream) {
      return seen.stream()
          .filter(f -> f.type() == RawFrames.RST_STREAM && f.stream() == stream)
          .map(Frame::error)
          .findFirst();
    }

    private static byte[] unpadded(Frame frame) {
      if ((frame.flags() & 0x20) == 0) {
        return frame.payload();
      }
      // A priority in front of the fields (RFC 9113 section 6.2).
      byte[] rest = new byte[frame.payload().length - 5];
      System.arraycopy(frame.payload(), 5, rest, 0, rest.length);
      return rest;
    }

    private void took(Frame frame) throws Http2Exception {
      if (frame.type() == RawFrames.HEADERS) {
        heads.add(hpack.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(unpadded(frame))));
      }
      seen.add(frame);
    }
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket accepted = server.accept();
        Thread.ofVirtual().start(() -> serve(accepted));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void serve(Socket accepted) {
    try (accepted;
        Socket above = layer.over(accepted)) {
      Link link = new Link(above);
      DataInputStream in = new DataInputStream(above.getInputStream());
      link.send(settings);
      in.readFully(new byte[24]);
      links.add(link);
      try {
        while (true) {
          read(in, link);
        }
      } finally {
        link.open = false;
      }
    } catch (IOException | Http2Exception | RuntimeException e) {
      // The edge went away, in the middle of a frame even: its business.
    }
  }

  private void read(DataInputStream in, Link link) throws IOException, Http2Exception {
    Frame frame = RawFrames.read(in);
    link.took(frame);
    if (frame.type() == RawFrames.SETTINGS && frame.flags() == 0) {
      link.send(new RawFrames().frame(RawFrames.SETTINGS, 1, 0, new byte[0]));
    } else {
      behaviour.on(frame, link);
    }
  }

  /** An edge with one event loop, so that all its requests share connections, and time for TLS. */
  static EdgeSettings oneLoop(EdgeSettings usual) {
    EdgeTimeouts waits = usual.timeouts();
    EdgeTimeouts.Servers servers = waits.servers();
    return new EdgeSettings(
        usual.node(),
        usual.identity(),
        usual.cdnId(),
        usual.listeners(),
        1,
        usual.limits(),
        new EdgeTimeouts(
            waits.clients(),
            new EdgeTimeouts.Servers(
                CONNECT_MILLIS,
                CONNECT_MILLIS,
                servers.responseHeadMillis(),
                servers.backendIdleMillis()),
            waits.bodyIdleMillis(),
            waits.drainMillis(),
            waits.retryAfterSeconds()));
  }

  /** How an edge knows it. */
  public OriginServer server() {
    return server(Optional.empty());
  }

  /** The same over TLS. */
  public OriginServer server(Optional<OriginTls> tls) {
    return at(address(), tls);
  }

  /** What an edge asks over HTTP/2, whatever it is. */
  public static OriginServer at(InetSocketAddress address, Optional<OriginTls> tls) {
    return new OriginServer(new OriginPlace(address, tls, OriginProtocol.HTTP_2), true, 1);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
