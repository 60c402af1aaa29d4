package io.landfall.edge.cache;

import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Clients that ask a site for what a {@link LoadOrigin} has, each over one connection, and look at
 * every status and every byte. A request has failed if it was not answered with 200 and the whole
 * body of one version, no older than the newest purge of its path that was answered before.
 */
final class CacheLoad {
  /** More failures than this are counted, and not told. */
  private static final int MOST_TOLD = 10;

  /** With so many failures it ends. */
  private static final int MOST_FAILED = 40;

  private final TestSite site;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();
  private final Map<String, Integer> oldest = new ConcurrentHashMap<>();

  CacheLoad(TestSite site) {
    this.site = site;
  }

  /** From now on no answer to a path may be older than that version. */
  void purged(String path, int version) {
    int _ = oldest.merge(path, version, Math::max);
  }

  /**
   * Asks, and returns when all are answered.
   *
   * @param clients how many ask at once
   * @param requests how many requests they send together
   * @param path the path of each request
   * @param before runs before each request, on the thread of its client
   */
  void run(int clients, int requests, IntFunction<String> path, IntConsumer before) {
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Client client = new Client();
                    for (int n = next.getAndIncrement();
                        n < requests && failed.get() < MOST_FAILED;
                        n = next.getAndIncrement()) {
                      client.ask(n, path.apply(n), before);
                    }
                    client.close();
                  }));
    }
    for (Thread each : threads) {
      join(each);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** One connection, and a new one after a failure. */
  private final class Client {
    private RawClient connection = new RawClient(site.http());
    private final byte[] buffer = new byte[64 * 1024];

    void ask(int number, String path, IntConsumer before) {
      try {
        before.accept(number);
        int floor = oldest.getOrDefault("", 0);
        floor = Math.max(floor, oldest.getOrDefault(path, 0));
        RawClient.Answer head = connection.send(CachedSite.get(path)).readHead();
        String wrong = head.status() == 200 ? body(path, floor, head) : head.toString();
        if (wrong.isEmpty()) {
          answered.incrementAndGet();
          if (String.join(",", head.all("cache-status")).contains("; hit")) {
            hits.incrementAndGet();
          }
        } else {
          fails(path, wrong);
        }
      } catch (RuntimeException | AssertionError e) {
        fails(path, e.toString());
      }
    }

    /** Reads a body; what is wrong with it. */
    private String body(String path, int floor, RawClient.Answer head) {
      long length = LoadOrigin.length(path);
      boolean chunked = head.field("transfer-encoding").isPresent();
      if (!chunked && !head.field("content-length").orElse("").equals("" + length)) {
        return "another length: " + head;
      }
      int version = -1;
      byte[] pattern = buffer;
      long position = 0;
      long inChunk = chunked ? chunk() : length;
      while (inChunk > 0) {
        int least = position == 0 ? (int) Math.min(8, inChunk) : 1;
        int read = read(least, (int) Math.min(inChunk, buffer.length));
        if (position == 0) {
          version = LoadOrigin.version(buffer, read);
          pattern = LoadOrigin.pattern(path, version);
        }
        if (!LoadOrigin.matches(pattern, position, buffer, read)) {
          return "wrong bytes near " + position + " of version " + version + ": " + head;
        }
        position += read;
        inChunk -= read;
        if (inChunk == 0 && chunked) {
          String _ = connection.readLine();
          inChunk = chunk();
        }
      }
      if (position != length) {
        return position + " bytes: " + head;
      }
      return version < floor ? "version " + version + ", purged with " + floor + ": " + head : "";
    }

    private long chunk() {
      int size = Integer.parseInt(connection.readLine(), 16);
      if (size == 0) {
        String _ = connection.readLine();
      }
      return size;
    }

    /** Reads some of the body, at least so many bytes. */
    private int read(int least, int most) {
      int all = 0;
      while (all < least) {
        int read = connection.read(buffer, all, most - all);
        if (read < 0) {
          throw new IllegalStateException("the connection ended in a body");
        }
        all += read;
      }
      return all;
    }

    private void fails(String path, String why) {
      if (failed.incrementAndGet() <= MOST_TOLD) {
        failures.add(path + ": " + why);
      }
      connection.close();
      connection = new RawClient(site.http());
    }

    void close() {
      connection.close();
    }
  }

  /** The first requests that failed. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Requests that did not. */
  int answered() {
    return answered.get();
  }

  /** Those of them that the cache answered. */
  int hits() {
    return hits.get();
  }
}
