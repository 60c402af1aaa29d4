package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A client at each site that asks for one service again and again, each time on a new connection,
 * and remembers what it saw: what a failure looks like from outside.
 */
final class SteadyLoad {
  private static final long PAUSE_MILLIS = 3;
  private static final long TIMEOUT_MILLIS = 5_000;
  private static final int MAX_SAMPLES = 100_000;

  private final String host;
  private final List<Sample> samples = new ArrayList<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  private SteadyLoad(String host) {
    this.host = host;
  }

  /**
   * One request.
   *
   * @param site where it landed
   * @param sentNanos when it was sent, monotonic
   * @param tookNanos how long it took
   * @param status the status; 0 when there was no answer
   * @param backend who answered, such as {@code shop@fra}; empty for nobody
   */
  record Sample(String site, long sentNanos, long tookNanos, int status, String backend) {
    boolean failed() {
      return status != 200;
    }
  }

  /** Starts clients that land at these sites. */
  static SteadyLoad start(LabPlan plan, List<String> sites, String host) {
    SteadyLoad load = new SteadyLoad(host);
    for (String site : sites) {
      InetSocketAddress address = plan.site(site).http();
      load.clients.add(Thread.ofVirtual().start(() -> load.ask(site, address)));
    }
    return load;
  }

  private void ask(String site, InetSocketAddress address) {
    try {
      while (!stopped) {
        add(once(site, address));
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Sample once(String site, InetSocketAddress address) {
    long sent = System.nanoTime();
    try {
      HttpCall.Answer answer = HttpCall.get(address, host, "/", TIMEOUT_MILLIS);
      String backend = answer.header("x-lab-backend").orElse("");
      return new Sample(site, sent, System.nanoTime() - sent, answer.status(), backend);
    } catch (IOException e) {
      return new Sample(site, sent, System.nanoTime() - sent, 0, "");
    }
  }

  private synchronized void add(Sample sample) {
    if (samples.size() < MAX_SAMPLES) {
      samples.add(sample);
    }
  }

  /** How many requests have been answered so far. */
  synchronized int count() {
    return samples.size();
  }

  /** Stops the clients and returns what they saw. */
  Outcome stop() throws InterruptedException {
    stopped = true;
    for (Thread client : clients) {
      client.join();
    }
    synchronized (this) {
      return new Outcome(List.copyOf(samples));
    }
  }

  /**
   * What the clients saw.
   *
   * @param samples every request
   */
  record Outcome(List<Sample> samples) {
    long failed() {
      return samples.stream().filter(Sample::failed).count();
    }

    long slowestNanos() {
      return samples.stream().mapToLong(Sample::tookNanos).max().orElse(0);
    }

    /** When the last request was sent that this backend answered; empty when it answered none. */
    Optional<Long> lastFrom(String backend) {
      return samples.stream()
          .filter(sample -> sample.backend().equals(backend))
          .map(Sample::sentNanos)
          .max(Long::compare);
    }
  }
}
