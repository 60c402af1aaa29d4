package io.landfall.node;

import io.landfall.testkit.Await;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask for a service without pause, each request on a connection of its own. */
final class LoadOfClients implements AutoCloseable {
  /** Where the network takes a client that connects now. */
  interface Landing {
    /** One of the sites that can be reached; the number is another for each request. */
    InetSocketAddress at(long number);
  }

  private static final long PAUSE_NANOS = 10_000_000;

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean over;

  /** Begins, with a client for each host name. */
  LoadOfClients(Landing landing, String... hosts) {
    for (String host : hosts) {
      clients.execute(() -> ask(landing, host));
    }
  }

  private void ask(Landing landing, String host) {
    for (long number = 0; !over; number++) {
      InetSocketAddress to = landing.at(number);
      String what = "GET " + host + " at " + to + ": ";
      try {
        HttpWire.Answer answer = HttpWire.get(to, host, "/");
        if (answer.status() == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(what + answer.status() + " " + answer.fields() + answer.body());
        }
      } catch (AssertionError e) {
        failures.add(what + e.getMessage());
      }
      LockSupport.parkNanos(PAUSE_NANOS); // The rate of the load; nothing waits for it.
    }
  }

  /** Waits until so many more requests were answered. */
  void awaitMore(int count) {
    long enough = answered.get() + count;
    Await.until(count + " more answers", () -> answered.get() >= enough, this::failures);
  }

  /** What was not answered with 200, a line for each request. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Ends, once every request is answered. */
  @Override
  public void close() {
    over = true;
    clients.close();
  }
}
