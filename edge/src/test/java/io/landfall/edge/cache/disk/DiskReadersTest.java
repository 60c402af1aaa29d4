package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response that is being sent is read on, however many lookups there are and however slow. */
class DiskReadersTest {
  private static final int LENGTH = 2_000_000;

  @TempDir Path folder;

  private final AtomicLong nowNanos = new AtomicLong(1);

  private FaultyFiles files = new FaultyFiles(new FolderFiles(Path.of("unused"), "test"));

  @BeforeEach
  void makesTheFolder() {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
  }

  private DiskStore open() {
    return DiskThings.ready(DiskThings.store(files, 64 << 20, 8 << 20));
  }

  /** A body that is being sent. */
  private static DiskBody sent(DiskStore store) {
    assertThat(store.store(new Item(1, 1, LENGTH))).isTrue();
    store.flush();
    CompletableFuture<DiskBody> done = new CompletableFuture<>();
    assertThat(
            store.find(
                DiskThings.key(1),
                DiskStore.ANY_VARIANT,
                new DiskStore.Receiver() {
                  @Override
                  public void found(DiskFound found) {
                    done.complete(found.body());
                  }

                  @Override
                  public void missed() {
                    done.completeExceptionally(new AssertionError("not found"));
                  }
                }))
        .isTrue();
    DiskBody body = done.join();
    assertThat(body.tryHold()).isTrue();
    return body;
  }

  /** Looks for it, and counts the end. */
  private static boolean lookUp(DiskStore store, CountDownLatch ends) {
    return store.find(
        DiskThings.key(1),
        DiskStore.ANY_VARIANT,
        new DiskStore.Receiver() {
          @Override
          public void found(DiskFound found) {
            found.release();
            ends.countDown();
          }

          @Override
          public void missed() {
            ends.countDown();
          }
        });
  }

  private static CompletableFuture<Integer> read(DiskBody body) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    boolean begun =
        body.read(
            4,
            4,
            new DiskBody.Receiver() {
              @Override
              public void read(ByteBuf part) {
                done.complete(part.readableBytes());
                part.release();
              }

              @Override
              public void failed() {
                done.complete(-1);
              }
            });
    if (!begun) {
      done.complete(-2);
    }
    return done;
  }

  @Test
  void whileTooManyLookUpABodyIsReadOn() {
    try (DiskStore store = open()) {
      DiskBody body = sent(store);
      CountDownLatch goesOn = new CountDownLatch(1);
      files.readsWait = goesOn;
      while (lookUp(store, new CountDownLatch(1))) {
        assertThat(store.view().reads().refused()).isZero();
      }
      CompletableFuture<Integer> part = read(body);
      files.readsWait = null;
      goesOn.countDown();
      assertThat(part.join()).isEqualTo(4 * DiskBody.CHUNK_BYTES);
      body.letGo();
    }
  }

  @Test
  void whileLookupsArePausedABodyIsReadOn() throws InterruptedException {
    try (DiskStore store = open()) {
      DiskBody body = sent(store);
      CountDownLatch goesOn = new CountDownLatch(1);
      CountDownLatch late = new CountDownLatch(1);
      files.readsWait = goesOn;
      assertThat(lookUp(store, late)).isTrue();
      late.await();
      TestSite.await("it is slow", () -> store.view().state() == State.SLOW);
      assertThat(lookUp(store, late)).isFalse();
      CompletableFuture<Integer> part = read(body);
      files.readsWait = null;
      goesOn.countDown();
      assertThat(part.join()).isEqualTo(4 * DiskBody.CHUNK_BYTES);
      body.letGo();
    }
  }

  /** A read that takes so long, or does not end before a test lets it. */
  private final class Timed extends DiskReaders.Task {
    private final long takesNanos;
    private final CountDownLatch goesOn;
    final CountDownLatch over = new CountDownLatch(1);

    Timed(long takesNanos, CountDownLatch goesOn) {
      super(10_000_000_000L);
      this.takesNanos = takesNanos;
      this.goesOn = goesOn;
    }

    @Override
    void read() {
      nowNanos.addAndGet(takesNanos);
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    void givenUp() {
      over.countDown();
    }
  }

  @Test
  void aSlowReadOfABodyDoesNotEndThePauseOfLookups() throws InterruptedException {
    Clock clock =
        new Clock() {
          @Override
          public long monotonicNanos() {
            return nowNanos.get();
          }

          @Override
          public long wallMillis() {
            return 0;
          }
        };
    CountDownLatch none = new CountDownLatch(0);
    CountDownLatch goesOn = new CountDownLatch(1);
    DiskHealth health = new DiskHealth("a disk");
    try (DiskReaders readers = new DiskReaders("test", clock, health)) {
      readers.start(() -> {});
      Timed late = new Timed(20_000_000_000L, goesOn);
      assertThat(readers.begin(late)).isTrue();
      late.over.await();
      assertThat(readers.begin(new Timed(0, none))).as("paused").isFalse();
      Timed slow = new Timed(1_500_000_000L, none);
      assertThat(readers.beginBody(slow)).isTrue();
      slow.over.await();
      assertThat(readers.begin(new Timed(0, none))).as("still paused").isFalse();
      Timed quick = new Timed(1_000_000, none);
      assertThat(readers.beginBody(quick)).isTrue();
      quick.over.await();
      assertThat(readers.begin(new Timed(0, none))).isTrue();
      goesOn.countDown();
    }
  }
}
