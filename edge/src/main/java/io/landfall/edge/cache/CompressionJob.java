package io.landfall.edge.cache;

import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.edge.cache.coding.Encoders;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One variant of one stored response; holds that until it is made, or dropped. */
final class CompressionJob implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CompressionJob.class);

  /** What an encoder is given at once; between two it is looked whether the result is of use. */
  private static final int PIECE_BYTES = 16 * 1024;

  private final EdgeCache cache;
  private final ServiceCache service;
  private final StoredKey key;
  private final StoredResponse of;
  private final Coding coding;

  /** Whether it runs or was dropped: where a pool fails it may have taken it all the same. */
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Whether it was told how it ended: who asks for the variant waits for that. */
  private boolean told;

  /** One of a response that is held for it. */
  CompressionJob(
      EdgeCache cache, ServiceCache service, StoredKey key, StoredResponse of, Coding coding) {
    this.cache = cache;
    this.service = service;
    this.key = key;
    this.of = of;
    this.coding = coding;
  }

  /**
   * It is not made now; a later request may ask for it.
   *
   * @param againMillis not before that time of the cache's clock
   */
  void drop(long againMillis) {
    if (begun.compareAndSet(false, true)) {
      of.body().codings().notMade(coding, againMillis);
      of.release();
    }
  }

  @Override
  public void run() {
    if (begun.compareAndSet(false, true)) {
      try {
        make();
      } finally {
        if (!told) {
          of.body().codings().notMade(coding, cache.nowMillis() + Compressor.AGAIN_MILLIS);
        }
        of.release();
      }
    }
  }

  private void make() {
    long beganNanos = cache.nanos();
    CompressionPolicy policy = service.policy().compression();
    Body from = of.body();
    CodedSink sink =
        new CodedSink(cache.allocator(), service.tier(), policy.mostBytes(from.length()));
    try {
      encode(from, policy.levels().of(coding), sink);
      end(sink.take(), sink.isTooLong(), beganNanos);
    } catch (IOException | RuntimeException | LinkageError e) {
      failed(e, CodedBodies.NEVER);
    } catch (OutOfMemoryError e) {
      // It tells nothing of the response: there may be memory later.
      failed(e, cache.nowMillis() + Compressor.AGAIN_MILLIS);
    } finally {
      sink.drop();
    }
  }

  private void failed(Throwable why, long againMillis) {
    service.counters().variantsNotMade.increment();
    if (!told) {
      told = true;
      of.body().codings().notMade(coding, againMillis);
    }
    LOG.atWarn()
        .addKeyValue("coding", coding.token())
        .addKeyValue("error", why.toString())
        .log("a variant could not be made");
  }

  private void encode(Body from, int level, CodedSink sink) throws IOException {
    long length = from.length();
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length)];
    try (OutputStream out = Encoders.open(coding, level, sink)) {
      long at = 0;
      while (at < length && !sink.isRefused() && !cache.compressor().isClosed()) {
        ByteBuf slice = from.slice(at, piece.length);
        int bytes = slice.readableBytes();
        slice.readBytes(piece, 0, bytes);
        slice.release();
        out.write(piece, 0, bytes);
        at += bytes;
      }
    }
    if (cache.compressor().isClosed()) {
      sink.drop();
    }
  }

  private void end(@Nullable Body made, boolean tooLong, long beganNanos) {
    CacheCounters counters = service.counters();
    counters.compressionNanos.add(cache.nanos() - beganNanos);
    if (made == null) {
      counters.variantsNotMade.increment();
      long again = tooLong ? CodedBodies.NEVER : cache.nowMillis() + Compressor.AGAIN_MILLIS;
      told = true;
      of.body().codings().notMade(coding, again);
      return;
    }
    try {
      of.body().codings().made(coding, made);
      told = true;
    } finally {
      if (!told) {
        made.release();
      }
    }
    counters.variantsMade.increment();
    service.tier().reweigh(key);
  }
}
