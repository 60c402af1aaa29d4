package io.landfall.edge;

import io.landfall.edge.http.Upgrades;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Backends and requests of WebSocket for tests: the handshake is real, what follows is any bytes.
 */
public final class WebSockets {
  /** The key of RFC 6455 section 1.3. */
  public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  /** Its answer there. */
  public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  /** A handshake as a client over HTTP/1.1 begins it. */
  public static final String REQUEST =
      RawClient.wire(
          """
          GET /chat HTTP/1.1
          Host: shop.test
          Connection: keep-alive, Upgrade
          Upgrade: websocket
          Sec-WebSocket-Key: %s
          Sec-WebSocket-Version: 13
          Sec-WebSocket-Protocol: chat

          """
              .formatted(KEY));

  private WebSockets() {}

  /** What a backend does with the connection once it has switched protocols. */
  public interface Talk {
    void with(InputStream in, OutputStream out) throws IOException;
  }

  /**
   * Switches protocols for whoever asks, and then does that; anything else is answered with 200.
   */
  public static TestBackend backend(Talk talk) {
    return new TestBackend(behaviour(talk));
  }

  /** The same, above another layer. */
  public static TestBackend.Behaviour behaviour(Talk talk) {
    return (request, in, out) -> {
      if (request.all("upgrade").isEmpty()) {
        return TestBackend.ok(out, "plain");
      }
      TestBackend.raw(out, acceptance(request));
      talk.with(in, out);
      return false;
    };
  }

  /** The head of a 101 to a request. */
  public static String acceptance(TestBackend.Received request) {
    String key = request.all("sec-websocket-key").getFirst();
    return RawClient.wire(
        """
        HTTP/1.1 101 Switching Protocols
        Upgrade: WebSocket
        Connection: Upgrade
        Sec-WebSocket-Accept: %s
        Sec-WebSocket-Protocol: chat

        """
            .formatted(Upgrades.acceptOf(key)));
  }

  /** What a test waits for, with an end to it. */
  public static <T> T of(CompletableFuture<T> coming) {
    return coming.orTimeout(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  /** Sends back what comes, and ends when its sender does. */
  public static TestBackend echo() {
    return backend(InputStream::transferTo);
  }
}
