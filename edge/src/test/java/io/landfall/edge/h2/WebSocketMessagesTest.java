package io.landfall.edge.h2;

import static io.landfall.edge.WebSocketFrame.BINARY;
import static io.landfall.edge.WebSocketFrame.CLOSE;
import static io.landfall.edge.WebSocketFrame.CONTINUATION;
import static io.landfall.edge.WebSocketFrame.PING;
import static io.landfall.edge.WebSocketFrame.PONG;
import static io.landfall.edge.WebSocketFrame.TEXT;
import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSocketFrame;
import io.landfall.edge.WebSocketPeer;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Conversations over WebSocket (RFC 6455) in the manner of the Autobahn test suite, of a client and
 * a server that both read every frame: through a tunnel no byte is another one, in either
 * direction.
 */
class WebSocketMessagesTest {
  private static final int MOST_OF_DATA = 16_384;
  private static final int WINDOW = 1 << 20;

  /** Each octet leaves a client by itself. */
  private static final int OCTET_BY_OCTET = 1;

  /**
   * What a client sends, and what has to come back.
   *
   * @param pieceBytes how many bytes leave the client at once
   */
  private record Conversation(
      String name, List<WebSocketFrame> sent, List<WebSocketFrame> back, int pieceBytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A client that has switched protocols. */
  private interface Client extends AutoCloseable {
    void send(byte[] bytes) throws IOException;

    InputStream input();

    @Override
    void close() throws IOException;
  }

  private static final class OverHttp1 implements Client {
    private final RawClient client;

    OverHttp1(InetSocketAddress to) {
      client = new RawClient(to).send(WebSockets.REQUEST);
      assertThat(client.readHead().status()).isEqualTo(101);
    }

    @Override
    public void send(byte[] bytes) {
      client.send(bytes);
    }

    @Override
    public InputStream input() {
      return new InputStream() {
        @Override
        public int read() {
          return client.readByte();
        }

        @Override
        public int read(byte[] into, int offset, int most) {
          return client.read(into, offset, most);
        }
      };
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static final class OverHttp2Stream implements Client {
    private static final int STREAM = 1;
    private final H2Client client;

    OverHttp2Stream(InetSocketAddress to) throws IOException, Http2Exception {
      client =
          H2Client.open(to, new RawFrames().settings(RawFrames.INITIAL_WINDOW_SIZE, WINDOW))
              .send(new RawFrames().windowUpdate(0, WINDOW));
      // The window that they give holds once they are acknowledged, and the longest message needs
      // it.
      var _ = client.await(f -> f.type() == RawFrames.SETTINGS && f.flags() == 0);
      client.send(new RawFrames().headers(STREAM, false, H2Client.webSocket()));
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      for (int at = 0; at < bytes.length; at += MOST_OF_DATA) {
        byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MOST_OF_DATA));
        client.send(new RawFrames().frame(RawFrames.DATA, 0, STREAM, piece));
      }
    }

    @Override
    public InputStream input() {
      return new InputStream() {
        private byte[] piece = new byte[0];
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
          while (at == piece.length) {
            if (ended) {
              return -1;
            }
            next();
          }
          return piece[at++] & 255;
        }

        @Override
        public int read(byte[] into, int offset, int most) throws IOException {
          int first = most == 0 ? 0 : read();
          if (most == 0 || first < 0) {
            return first;
          }
          into[offset] = (byte) first;
          int more = Math.min(most - 1, piece.length - at);
          System.arraycopy(piece, at, into, offset + 1, more);
          at += more;
          return 1 + more;
        }

        private void next() throws IOException {
          try {
            RawFrames.Frame frame =
                client.await(f -> f.stream() == STREAM && f.type() != RawFrames.WINDOW_UPDATE);
            if (frame.type() == RawFrames.RST_STREAM) {
              throw new IOException("the stream was reset with " + frame.error());
            }
            ended = (frame.flags() & RawFrames.END_STREAM) != 0;
            piece = frame.type() == RawFrames.DATA ? frame.payload() : new byte[0];
            at = 0;
          } catch (Http2Exception e) {
            throw new IOException(e);
          }
        }
      };
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] payload(int opcode, int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    if (opcode == TEXT) {
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (bytes[i] & 0x7f);
      }
    }
    return bytes;
  }

  private static WebSocketFrame whole(int opcode, byte[] payload) {
    return new WebSocketFrame(true, opcode, true, payload);
  }

  private static WebSocketFrame begun(int opcode, byte[] payload) {
    return new WebSocketFrame(false, opcode, true, payload);
  }

  private static WebSocketFrame closing(int code, String reason) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(code >> 8);
    payload.write(code);
    payload.writeBytes(utf8(reason));
    return whole(CLOSE, payload.toByteArray());
  }

  private static WebSocketFrame back(WebSocketFrame sent) {
    return sent.answeredAs(sent.opcode());
  }

  /** All comes back as it was sent. */
  private static Conversation echoed(String name, WebSocketFrame... sent) {
    return new Conversation(
        name,
        List.of(sent),
        Arrays.stream(sent).map(WebSocketMessagesTest::back).toList(),
        Integer.MAX_VALUE);
  }

  private static List<Conversation> conversations() {
    WebSocketFrame goodbye = closing(1000, "done");
    List<Conversation> all = new ArrayList<>();
    for (int opcode : new int[] {TEXT, BINARY}) {
      for (int length : new int[] {0, 125, 126, 65_535, 65_536}) {
        WebSocketFrame message = whole(opcode, payload(opcode, length));
        all.add(echoed(length + " bytes, opcode " + opcode, message, goodbye));
      }
      byte[] piece = payload(opcode, 1_000);
      List<WebSocketFrame> many = new ArrayList<>();
      many.add(begun(opcode, piece));
      for (int i = 0; i < 60; i++) {
        many.add(begun(CONTINUATION, piece));
      }
      many.add(whole(CONTINUATION, new byte[0]));
      many.add(goodbye);
      all.add(echoed("many fragments, opcode " + opcode, many.toArray(WebSocketFrame[]::new)));
    }
    byte[] euro = utf8("€");
    all.add(
        echoed(
            "a character in two fragments, and one without a byte",
            begun(TEXT, Arrays.copyOf(euro, 1)),
            begun(CONTINUATION, new byte[0]),
            whole(CONTINUATION, Arrays.copyOfRange(euro, 1, 3)),
            whole(TEXT, utf8("the next message")),
            goodbye));
    for (int pieceBytes : new int[] {OCTET_BY_OCTET, Integer.MAX_VALUE}) {
      all.add(controlBetweenFragments(goodbye, pieceBytes));
    }
    all.add(echoed("a close without a code", whole(CLOSE, new byte[0])));
    for (int code : new int[] {1000, 1001, 1011, 3000, 4999}) {
      all.add(echoed("a close with " + code, closing(code, "")));
      all.add(echoed("a close with " + code + " and a reason", closing(code, "é".repeat(61))));
    }
    all.addAll(faults());
    return all;
  }

  private static Conversation controlBetweenFragments(WebSocketFrame goodbye, int pieceBytes) {
    List<WebSocketFrame> message =
        List.of(
            begun(TEXT, utf8("Hel")),
            begun(CONTINUATION, utf8("lo, wor")),
            whole(CONTINUATION, utf8("ld")));
    WebSocketFrame ping = whole(PING, utf8("one"));
    WebSocketFrame longest = whole(PING, payload(PING, WebSocketFrame.MOST_OF_CONTROL));
    WebSocketFrame pong = whole(PONG, utf8("nobody asked"));
    List<WebSocketFrame> sent =
        List.of(message.get(0), ping, pong, message.get(1), longest, message.get(2), ping, goodbye);
    List<WebSocketFrame> back = new ArrayList<>();
    back.add(ping.answeredAs(PONG));
    back.add(longest.answeredAs(PONG));
    message.forEach(each -> back.add(back(each)));
    back.add(ping.answeredAs(PONG));
    back.add(back(goodbye));
    return new Conversation("ping and pong between fragments", sent, back, pieceBytes);
  }

  /** What a server must not take arrives there too: the tunnel judges nothing. */
  private static List<Conversation> faults() {
    List<WebSocketFrame> protocolError = List.of(back(closing(1002, "")));
    List<WebSocketFrame> notText = List.of(back(closing(1007, "")));
    return List.of(
        new Conversation(
            "no mask",
            List.of(new WebSocketFrame(true, TEXT, false, utf8("plain"))),
            protocolError,
            Integer.MAX_VALUE),
        new Conversation(
            "a continuation of nothing",
            List.of(whole(CONTINUATION, utf8("x"))),
            protocolError,
            Integer.MAX_VALUE),
        new Conversation(
            "a text that is none",
            List.of(whole(TEXT, new byte[] {(byte) 0xff})),
            notText,
            Integer.MAX_VALUE));
  }

  private static byte[] wire(List<WebSocketFrame> frames) {
    Random keys = new Random(frames.size());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    frames.forEach(each -> bytes.writeBytes(each.bytes(keys.nextInt())));
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void everyByteArrivesAsItWasSent(boolean http2, boolean forwarded) throws Exception {
    AtomicReference<WebSocketPeer> peer = new AtomicReference<>();
    try (TestBackend backend = WebSockets.backend((in, out) -> peer.get().with(in, out));
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      InetSocketAddress to = (forwarded ? fra : nyc).http();
      for (Conversation each : conversations()) {
        peer.set(new WebSocketPeer());
        try (Client client = http2 ? new OverHttp2Stream(to) : new OverHttp1(to)) {
          talk(each, client, peer.get());
        }
      }
    }
  }

  private static void talk(Conversation wanted, Client client, WebSocketPeer peer)
      throws IOException {
    byte[] sent = wire(wanted.sent());
    for (int at = 0; at < sent.length; at += Math.min(wanted.pieceBytes(), sent.length - at)) {
      int end = at + Math.min(wanted.pieceBytes(), sent.length - at);
      client.send(Arrays.copyOfRange(sent, at, end));
    }
    WebSocketPeer.Kept received = new WebSocketPeer.Kept(client.input());
    DataInputStream in = new DataInputStream(received);
    try {
      for (WebSocketFrame each : wanted.back()) {
        assertThat(WebSocketFrame.read(in)).as("%s", wanted).isEqualTo(each);
      }
      assertThat(in.read()).as("the end of %s", wanted).isNegative();
    } catch (IOException e) {
      throw new IOException(wanted + ", behind " + received.bytes().length + " bytes", e);
    }
    WebSocketPeer.Bytes there = peer.bytes();
    assertThat(Arrays.equals(there.received(), sent)).as("to the server, %s", wanted).isTrue();
    assertThat(Arrays.equals(received.bytes(), there.sent()))
        .as("to the client, %s", wanted)
        .isTrue();
  }
}
