package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response that is being sent is read on, however many lookups there are and however slow. */
class DiskReadersTest {
  private static final int LENGTH = 2_000_000;

  @TempDir Path folder;

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
}
