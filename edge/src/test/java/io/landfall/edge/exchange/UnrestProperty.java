package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While backends close, connections are cut, snapshots flap and clients leave, every idempotent
 * request still gets one whole and right answer, because one good site remains; and when all is
 * over, nothing is in progress and not one buffer is lost.
 */
class UnrestProperty {
  private static final int CLIENTS = 6;
  private static final int REQUESTS = 60;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void noGetFailsAndNothingLeaks(long seed) throws Exception {
    long before = activeBuffers();
    AtomicLong seeds = new AtomicLong(seed * 1000);
    AtomicInteger wrong = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    try (TestBackend shaky = new TestBackend(shaky(seeds));
        TestBackend good = new TestBackend(UnrestProperty::echo);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      sin.publish(Signal.UP, backends(good));
      nyc.publish(Signal.UP, backends(shaky));
      publish(fra, shaky, nyc, sin, 0);
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        RandomGenerator random = random(seeds);
        clients.add(Thread.ofPlatform().start(() -> client(fra, sin, random, wrong)));
      }
      RandomGenerator random = random(seeds);
      Thread unrest =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!over.get()) {
                      switch (random.nextInt(4)) {
                        case 0 -> shaky.dropConnections();
                        case 1 -> nyc.dropOverlay();
                        case 2 -> fra.edge().peerLost(nyc.identity);
                        default -> {
                          publish(fra, shaky, nyc, sin, random.nextInt(4));
                          fra.edge().servicesChanged(Set.of(TestSite.SHOP));
                        }
                      }
                      // The pause is part of the seeded scenario: the load goes on while nothing
                      // changes.
                      LockSupport.parkNanos(3_000_000);
                    }
                  });
      for (Thread client : clients) {
        client.join();
      }
      over.set(true);
      unrest.join();
      TestSite.await(
          "nothing is in progress",
          () -> {
            // A client that has left in good order may still read: its request waits for a backend
            // that does not answer, longer than this test would.
            shaky.dropConnections();
            return fra.edge().stats().requestsInProgress() == 0
                && nyc.edge().stats().requestsInProgress() == 0
                && sin.edge().stats().requestsInProgress() == 0;
          });
      assertThat(fra.edge().stats().attempts().retries()).isPositive();
    }
    assertThat(wrong).hasValue(0);
    TestSite.await("every buffer is released", () -> activeBuffers() <= before);
  }

  private static void publish(
      TestSite fra, TestBackend shaky, TestSite nyc, TestSite sin, int variant) {
    OriginServer local = new OriginServer(shaky.address(), variant != 1);
    switch (variant) {
      case 0, 1 ->
          fra.publish(
              Signal.UP, List.of(local), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      case 2 ->
          fra.publish(
              Signal.DOWN,
              List.of(local),
              nyc.candidate(Signal.UP, 1),
              sin.candidate(Signal.UP, 2));
      default -> fra.publish(Signal.DRAINING, List.of(local), sin.candidate(Signal.UP, 2));
    }
  }

  private static void client(
      TestSite site, TestSite sin, RandomGenerator random, AtomicInteger wrong) {
    for (int done = 0; done < REQUESTS; ) {
      try (RawClient client = new RawClient(site.http())) {
        int onThis = 1 + random.nextInt(10);
        for (int i = 0; i < onThis && done < REQUESTS; i++, done++) {
          String path = "/" + random.nextInt(1_000_000) + "/" + random.nextInt(40_000);
          boolean put = random.nextInt(4) == 0;
          String body = "x".repeat(put ? random.nextInt(20_000) : 0);
          client.send(
              (put ? "PUT " : "GET ")
                  + path
                  + " HTTP/1.1\r\nHost: shop.test\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body);
          if (random.nextInt(20) == 0) {
            break;
          }
          RawClient.Answer answer = client.read();
          if (answer.status() != 200 || !answer.body().equals(bodyOf(path))) {
            System.err.println(
                answer.status()
                    + " for "
                    + path
                    + " at "
                    + site.decisionsOn(path)
                    + " and "
                    + sin.decisionsOn(path)
                    + sin.failures);
            wrong.incrementAndGet();
          }
        }
      } catch (RuntimeException e) {
        System.err.println("client: " + e);
        wrong.incrementAndGet();
        return;
      }
    }
  }

  private static boolean echo(TestBackend.Received request, InputStream in, OutputStream out)
      throws IOException {
    return TestBackend.ok(out, bodyOf(request.line().split(" ")[1]));
  }

  private static String bodyOf(String path) {
    int length = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    return (path + " ").repeat(length / path.length() + 1);
  }

  private static TestBackend.Behaviour shaky(AtomicLong seeds) {
    return (request, in, out) -> {
      RandomGenerator random = random(seeds);
      // Whole answers are sent at once: a connection cut between head and end would be a real
      // error.
      return switch (random.nextInt(4)) {
        case 0 -> false;
        case 1 -> TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx");
        default -> TestBackend.raw(out, "HTTP/1.1 100 Continue\r\n\r\n") && random.nextBoolean();
      };
    };
  }

  private static RandomGenerator random(AtomicLong seeds) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seeds.incrementAndGet());
  }

  private static long activeBuffers() {
    long active = 0;
    for (PoolArenaMetric arena : PooledByteBufAllocator.DEFAULT.metric().directArenas()) {
      active += arena.numActiveAllocations();
    }
    return active;
  }
}
