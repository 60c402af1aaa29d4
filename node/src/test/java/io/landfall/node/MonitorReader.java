package io.landfall.node;

import io.landfall.admin.client.LineStream;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Watches a node's changes over its admin socket and keeps every one that came. */
final class MonitorReader implements AutoCloseable {
  final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
  private final LineStream stream;
  volatile boolean ended;

  MonitorReader(SocketAddress socket, String query) {
    try {
      stream = LineStream.open(socket, "/v1/monitor" + query);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::read);
    await("the stream begins", event -> "watching".equals(event.get("type")));
  }

  private void read() {
    try {
      for (var line = stream.next(); line.isPresent(); line = stream.next()) {
        // An empty line shows only that the stream is alive.
        if (line.get().startsWith("{")) {
          events.add(ParsedJson.object(ParsedJson.parse(line.get())));
        }
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
    stream.close();
  }
}
