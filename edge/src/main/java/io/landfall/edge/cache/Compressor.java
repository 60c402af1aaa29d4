package io.landfall.edge.cache;

import io.landfall.cache.Coding;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes variants of stored bodies in further codings, on a few threads of its own, which end when
 * there is nothing to do. No event loop compresses, and no request waits for it. Any thread may
 * call.
 */
final class Compressor implements AutoCloseable {
  /** Variants that wait to be made; others are asked for again by a later request. */
  static final int MOST_WAITING = 256;

  /** A variant that found no room is not tried again before. */
  static final long AGAIN_MILLIS = 60_000;

  /** Of so many processors one compresses, so that requests have the others. */
  private static final int PROCESSORS_PER_THREAD = 4;

  private static final long IDLE_SECONDS = 10;
  private static final long STOP_SECONDS = 10;

  private final AtomicInteger number = new AtomicInteger();
  private final ThreadPoolExecutor pool;
  private volatile boolean closed;

  Compressor() {
    this(task -> Thread.ofPlatform().daemon().unstarted(task));
  }

  /**
   * One with threads of another make.
   *
   * @param factory makes them; they are named here
   */
  Compressor(ThreadFactory factory) {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD);
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread made = factory.newThread(task);
              made.setName("cache-compress-" + number.incrementAndGet());
              return made;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Has a variant made of a stored response, which the caller holds, unless one was begun. */
  void make(
      ServiceCache service, StoredKey key, StoredResponse of, Coding coding, EdgeCache cache) {
    CodedBodies variants = of.body().codings();
    if (closed || !variants.begin(coding, cache.nowMillis())) {
      return;
    }
    of.retain();
    CompressionJob job = new CompressionJob(cache, service, key, of, coding);
    // There may be no memory for a thread, which is no fault of the request.
    long againMillis = cache.nowMillis() + AGAIN_MILLIS;
    boolean handedOver = false;
    try {
      pool.execute(job);
      handedOver = true;
    } catch (RejectedExecutionException full) {
      againMillis = cache.nowMillis();
    } catch (OutOfMemoryError e) {
      service.counters().variantsNotMade.increment();
    } finally {
      if (!handedOver) {
        job.drop(againMillis);
      }
    }
  }

  /** Whether it ends, so that what is being made is of no use. */
  boolean isClosed() {
    return closed;
  }

  /** Ends it; what was not begun is dropped. */
  @Override
  public void close() {
    closed = true;
    for (Runnable each : pool.shutdownNow()) {
      if (each instanceof CompressionJob job) {
        job.drop(0);
      }
    }
    try {
      boolean _ = pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
