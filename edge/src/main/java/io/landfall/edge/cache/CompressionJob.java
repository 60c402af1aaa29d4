package io.landfall.edge.cache;

import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.edge.cache.coding.Encoders;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
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

  /** One of a response that is held for it. */
  CompressionJob(
      EdgeCache cache, ServiceCache service, StoredKey key, StoredResponse of, Coding coding) {
    this.cache = cache;
    this.service = service;
    this.key = key;
    this.of = of;
    this.coding = coding;
  }

  /** It is not made now; a later request may ask for it. */
  void drop() {
    of.body().codings().notMade(coding, cache.nowMillis());
    of.release();
  }

  @Override
  public void run() {
    long beganNanos = cache.nanos();
    CompressionPolicy policy = service.policy().compression();
    Body from = of.body();
    CodedSink sink =
        new CodedSink(cache.allocator(), service.tier(), policy.mostBytes(from.length()));
    try {
      encode(from, policy.levels().of(coding), sink);
      end(sink.take(), sink.isTooLong(), beganNanos);
    } catch (IOException | RuntimeException | LinkageError e) {
      sink.drop();
      from.codings().notMade(coding, CodedBodies.NEVER);
      service.counters().variantsNotMade.increment();
      LOG.atWarn()
          .addKeyValue("coding", coding.token())
          .addKeyValue("error", e.toString())
          .log("a variant could not be made");
    } finally {
      of.release();
    }
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
      of.body().codings().notMade(coding, again);
      return;
    }
    counters.variantsMade.increment();
    of.body().codings().made(coding, made);
    service.tier().reweigh(key);
  }
}
