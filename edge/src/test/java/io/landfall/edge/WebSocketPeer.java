package io.landfall.edge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A server of WebSocket that sends every message back once it has all of it, in the fragments in
 * which it came, answers pings at once, and closes when it is asked to or when a client breaks the
 * protocol. It keeps each byte that came and went.
 */
public final class WebSocketPeer implements WebSockets.Talk {
  private static final int PROTOCOL_ERROR = 1002;
  private static final int NOT_UTF_8 = 1007;

  /**
   * What one connection had.
   *
   * @param received every byte from the client
   * @param sent every byte to it
   */
  public record Bytes(byte[] received, byte[] sent) {}

  private final CompletableFuture<Bytes> over = new CompletableFuture<>();

  /** One that no client has come to yet. */
  public WebSocketPeer() {}

  /** What the connection had, once it is over. */
  public Bytes bytes() {
    return WebSockets.of(over);
  }

  /** Keeps what is read. */
  public static final class Kept extends FilterInputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Kept(InputStream from) {
      super(from);
    }

    @Override
    public int read() throws IOException {
      int each = super.read();
      if (each >= 0) {
        bytes.write(each);
      }
      return each;
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
      int count = super.read(into, offset, most);
      if (count > 0) {
        bytes.write(into, offset, count);
      }
      return count;
    }

    public byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  @Override
  public void with(InputStream in, OutputStream out) throws IOException {
    Kept received = new Kept(in);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try {
      OutputStream both =
          new OutputStream() {
            @Override
            public void write(int each) throws IOException {
              write(new byte[] {(byte) each}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
              sent.write(from, offset, length);
              out.write(from, offset, length);
            }
          };
      serve(new DataInputStream(received), both);
    } finally {
      over.complete(new Bytes(received.bytes(), sent.toByteArray()));
    }
  }

  private static void serve(DataInputStream in, OutputStream out) throws IOException {
    List<WebSocketFrame> message = new ArrayList<>();
    while (true) {
      WebSocketFrame frame;
      try {
        frame = WebSocketFrame.read(in);
      } catch (WebSocketFrame.Malformed e) {
        close(out, PROTOCOL_ERROR);
        return;
      }
      boolean continues = frame.opcode() == WebSocketFrame.CONTINUATION;
      if (!frame.masked() || (!frame.isControl() && continues == message.isEmpty())) {
        close(out, PROTOCOL_ERROR);
        return;
      }
      switch (frame.opcode()) {
        case WebSocketFrame.CLOSE -> {
          send(out, frame.answeredAs(WebSocketFrame.CLOSE));
          return;
        }
        case WebSocketFrame.PING -> send(out, frame.answeredAs(WebSocketFrame.PONG));
        case WebSocketFrame.PONG -> {
          // Nobody asked for it: that is allowed, and there is no answer to it.
        }
        default -> {
          message.add(frame);
          if (frame.last()) {
            if (!isText(message)) {
              close(out, NOT_UTF_8);
              return;
            }
            for (WebSocketFrame each : message) {
              send(out, each.answeredAs(each.opcode()));
            }
            message.clear();
          }
        }
      }
    }
  }

  /** Whether a message is UTF-8, if it has to be. */
  private static boolean isText(List<WebSocketFrame> message) {
    if (message.getFirst().opcode() != WebSocketFrame.TEXT) {
      return true;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    message.forEach(each -> whole.writeBytes(each.payload()));
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(whole.toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void close(OutputStream out, int code) throws IOException {
    byte[] payload = {(byte) (code >> 8), (byte) code};
    send(out, new WebSocketFrame(true, WebSocketFrame.CLOSE, false, payload));
  }

  private static void send(OutputStream out, WebSocketFrame frame) throws IOException {
    out.write(frame.bytes(0));
    out.flush();
  }
}
