package io.landfall.edge.cache;

import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.Exchange;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for what the disk has of its key, which takes a moment: then it is decided
 * anew, with that or without. Never an answer by itself.
 */
final class DiskAttempt implements Attempt, DiskTier.Asker {
  private final Lookup lookup;
  private final Exchange exchange;
  private final StoredKey key;
  private boolean over;
  private boolean askedForVariant;

  DiskAttempt(Lookup lookup, Exchange exchange, StoredKey key) {
    this.lookup = lookup;
    this.exchange = exchange;
    this.key = key;
  }

  /**
   * The one on what lies on disk, if anything may. Whatever was decided: it may be the answer, and
   * then it is decided again.
   */
  static @Nullable DiskAttempt ifThere(Lookup lookup, Exchange exchange, StoredKey key) {
    return lookup.service().disk().mayHave(key) ? new DiskAttempt(lookup, exchange, key) : null;
  }

  @Override
  public void start() {
    exchange.ready(this);
    lookup.service().disk().ask(key, this);
  }

  @Override
  public void found(@Nullable OnDisk found) {
    try {
      lookup.loop().executor().execute(() -> arrived(found));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its requests with it.
      release(found);
    }
  }

  private static void release(@Nullable OnDisk found) {
    if (found != null) {
      found.response().release();
    }
  }

  private void arrived(@Nullable OnDisk found) {
    if (over) {
      release(found);
      return;
    }
    DiskTier disk = lookup.service().disk();
    if (found == null || disk.isForgotten(key, found)) {
      // It may have joined a lookup that had begun before something made this invalid.
      release(found);
      goOn();
    } else if (found.isSelectedBy(lookup.request().fields())) {
      if (lookup.foundOnDisk(found.response())) {
        disk.keep(key, lookup.request().fields(), found);
      }
      goOn();
    } else {
      int variant = found.variantOf(lookup.request().fields());
      release(found);
      if (askedForVariant) {
        goOn();
      } else {
        askedForVariant = true;
        disk.askForVariant(key, variant, this);
      }
    }
  }

  private void goOn() {
    over = true;
    exchange.released(this);
  }

  @Override
  public Object place() {
    return this;
  }

  @Override
  public String name() {
    return CacheReader.NAME;
  }

  @Override
  public String nextHop() {
    return "";
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean isOfCache() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    return true;
  }

  @Override
  public void body(ByteBuf data) {
    // Only requests without a body are answered from the cache.
    data.release();
  }

  @Override
  public void end() {}

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void flush() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {
    over = true;
  }

  @Override
  public void timedOut() {}
}
