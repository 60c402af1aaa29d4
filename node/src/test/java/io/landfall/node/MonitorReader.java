package io.landfall.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Watches a node's changes over its admin socket and keeps every one that came. */
final class MonitorReader implements AutoCloseable {
  final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
  private final SocketChannel channel;
  volatile boolean ended;

  MonitorReader(SocketAddress socket, String query) {
    try {
      channel = SocketChannel.open(socket);
      channel.write(
          ByteBuffer.wrap(
              ("GET /v1/monitor" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::read);
    await("the stream begins", event -> "watching".equals(event.get("type")));
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8))) {
      String line = in.readLine();
      while (line != null) {
        // Heads and lengths of chunks are no objects.
        if (line.startsWith("{")) {
          events.add(ParsedJson.object(ParsedJson.parse(line)));
        }
        line = in.readLine();
      }
    } catch (IOException closed) {
      // The test is over, or the node is.
    } finally {
      ended = true;
    }
  }

  /** Waits for an event; the first that fits. */
  Map<String, Object> await(String what, Predicate<Map<String, Object>> which) {
    Await.until(what, () -> events.stream().anyMatch(which), () -> events);
    return events.stream().filter(which).findFirst().orElseThrow();
  }

  /** Waits for an event of a type with this member. */
  Map<String, Object> await(String type, String name, Object value) {
    return await(
        type + " with " + name + " " + value,
        event -> type.equals(event.get("type")) && value.equals(event.get(name)));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
