package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that send nothing fill the overlay port, and the nodes find each other all the same.
 */
class SilentConnectionsTest {
  /** More than the port has places. */
  private static final int CONNECTIONS = 700;

  private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

  @TempDir Path folder;
  private TestWorld world;

  @BeforeEach
  void start() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  /** Keeps so many silent connections open from some addresses: what is closed is opened again. */
  private static final class Flood implements AutoCloseable {
    private final InetSocketAddress to;
    private final List<InetAddress> from;
    private final List<SocketChannel> open = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "silent connections");
    private volatile boolean over;

    Flood(InetSocketAddress to, List<InetAddress> from) {
      this.to = to;
      this.from = from;
      thread.start();
    }

    private void run() {
      while (!over) {
        open.removeIf(Flood::isClosed);
        while (!over && open.size() < CONNECTIONS) {
          connect();
        }
        // Between two looks at what was closed; the test waits for conditions of its own.
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }

    private void connect() {
      try {
        SocketChannel channel = SocketChannel.open();
        // A reset at the end, so that no port waits for its last segments.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.bind(new InetSocketAddress(from.get(opened.get() % from.size()), 0));
        channel.connect(to);
        channel.configureBlocking(false);
        open.add(channel);
        opened.incrementAndGet();
      } catch (IOException e) {
        // No port or no answer just now: a look later, and without end only as long as the test.
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }

    private static boolean isClosed(SocketChannel channel) {
      try {
        if (channel.read(ByteBuffer.allocate(64)) == 0) {
          return false;
        }
        channel.close();
      } catch (IOException e) {
        // Reset by the node.
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void aNodeGetsItsSessionAndItsForwardsBesideThem(int sources) throws Exception {
    TestOrigin shop = world.origin("shop", 1);
    TestSite fra = world.site("fra", 1).hosts("shop", 10, shop);
    TestSite nyc = world.site("nyc", 2).knows("shop", 10).dials(fra.overlay);
    fra.start();
    List<InetAddress> from = new ArrayList<>();
    for (int i = 0; i < sources; i++) {
      from.add(world.address(9, 1 + i));
    }
    try (CapturedLog log = new CapturedLog();
        Flood flood = new Flood(fra.overlay, from)) {
      Await.until(
          "the port has turned silent connections away",
          () ->
              fra.rows("refused").stream()
                      .mapToLong(row -> (Long) row.getOrDefault("count", 0L))
                      .sum()
                  > 200,
          () -> fra.show("show/refused"));
      int before = flood.opened.get();
      nyc.start();
      nyc.awaitNextHops(10, "10.32.0.1");
      Await.until(
          "connections were opened all the while",
          () -> flood.opened.get() > before,
          flood.opened::get);
      for (int i = 0; i < 50; i++) {
        assertThat(HttpWire.get(nyc.http, "shop.test", "/").body()).contains("shop");
      }
      assertThat(log.with("overlay peer refused", "rule=silent")).hasSizeLessThan(500);
    }
  }
}
