package io.landfall.admin.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that refuses a stream keeps the connection for the next question. */
class RefusedStreamTest {
  private static final String REFUSAL =
      "HTTP/1.1 404 Not Found\r\ncontent-length: 14\r\n\r\n{\"detail\":\"x\"}";

  @TempDir Path temp;

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aRefusalIsReadToItsEndAndNotToThatOfTheConnection() throws IOException {
    UnixDomainSocketAddress at = UnixDomainSocketAddress.of(temp.resolve("a.sock"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(at);
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server));
      try (LineStream stream = LineStream.open(at, "/v1/monitor?service=none")) {
        assertThat(stream.refusal())
            .hasValueSatisfying(
                refusal -> {
                  assertThat(refusal.status()).isEqualTo(404);
                  assertThat(new String(refusal.content(), UTF_8)).isEqualTo("{\"detail\":\"x\"}");
                });
      }
      answered.join();
    }
  }

  /** Answers, and keeps the connection until the other end closes it. */
  private static void answer(ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      channel.write(ByteBuffer.wrap(REFUSAL.getBytes(UTF_8)));
      ByteBuffer read = ByteBuffer.allocate(1_024);
      while (channel.read(read) >= 0) {
        read.clear();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
