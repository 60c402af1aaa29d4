package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is found is the newest, also while something waits to be written, and when what comes slowly
 * ends behind what came later.
 */
class DiskOrderTest {
  private static final int TOO_LONG = (int) DiskThings.SEGMENT_BYTES;
  private static final int LENGTH = 200_000;

  @TempDir Path folder;

  private FaultyFiles files = new FaultyFiles(new FolderFiles(Path.of("unused"), "test"));

  @BeforeEach
  void makesTheFolder() {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
  }

  private DiskStore open() {
    return DiskThings.ready(
        DiskThings.store(files, DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES));
  }

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  /** The writing thread waits in the middle of a write until what this gives is counted down. */
  private CountDownLatch writerWaits(DiskStore store) throws InterruptedException {
    CountDownLatch goesOn = new CountDownLatch(1);
    files.writeBegins = new CountDownLatch(1);
    files.writesWait = goesOn;
    assertThat(store.store(new Item(99, 1, 1_000))).isTrue();
    files.writeBegins.await();
    return goesOn;
  }

  private void goOn(CountDownLatch writer, DiskStore store) {
    files.writesWait = null;
    writer.countDown();
    store.flush();
  }

  private static DiskStream stream(DiskStore store, int version) {
    DiskStream made = store.stream(new Item(1, version, LENGTH));
    if (made == null) {
      throw new AssertionError("not taken");
    }
    return made;
  }

  private static void write(DiskStream stream, int version, int from, int to) {
    byte[] body = DiskThings.body(1, version, LENGTH);
    boolean _ = stream.write(Unpooled.wrappedBuffer(body, from, to - from));
  }

  @Test
  void aNewerOneThatIsRefusedReplacesAnOlderOneThatWaits() throws InterruptedException {
    try (DiskStore store = open()) {
      CountDownLatch writer = writerWaits(store);
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      assertThat(store.store(new Item(1, 2, TOO_LONG))).isFalse();
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      store.replaced(DiskThings.key(2));
      assertThat(store.store(new Item(3, 1, 1_000))).isTrue();
      assertThat(store.stream(new Item(3, 2, TOO_LONG))).isNull();
      goOn(writer, store);
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).isEmpty();
    }
  }

  @Test
  void aNewerOneThatDoesNotComeWholeReplacesAnOlderOneThatWaits() throws InterruptedException {
    try (DiskStore store = open()) {
      CountDownLatch writer = writerWaits(store);
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      stream(store, 2).drop();
      goOn(writer, store);
      assertThat(version(store, 1)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
    }
  }

  @Test
  void aSlowOneThatEndsDoesNotReplaceANewerOne() {
    try (DiskStore store = open()) {
      DiskStream slow = stream(store, 1);
      write(slow, 1, 0, LENGTH / 2);
      assertThat(store.store(new Item(1, 2, 1_000))).isTrue();
      store.flush();
      write(slow, 1, LENGTH / 2, LENGTH);
      store.flush();
      assertThat(version(store, 1)).contains(2);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(2);
    }
  }

  @Test
  void aSlowOneThatBreaksOffDoesNotTakeANewerOneAlong() {
    try (DiskStore store = open()) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      DiskStream slow = stream(store, 2);
      write(slow, 2, 0, LENGTH / 2);
      assertThat(store.store(new Item(1, 3, 1_000))).isTrue();
      slow.drop();
      store.flush();
      assertThat(version(store, 1)).contains(3);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(3);
    }
  }

  @Test
  void aNewerOneThatIsRefusedReplacesASlowOneThatIsNotOver() {
    try (DiskStore store = open()) {
      DiskStream slow = stream(store, 1);
      write(slow, 1, 0, LENGTH / 2);
      assertThat(store.store(new Item(1, 2, TOO_LONG))).isFalse();
      write(slow, 1, LENGTH / 2, LENGTH);
      store.flush();
      assertThat(version(store, 1)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
    }
  }

  @Test
  void whatIsForgottenOnItsWayIsNotFound() throws InterruptedException {
    try (DiskStore store = open()) {
      DiskStream slow = stream(store, 1);
      write(slow, 1, 0, LENGTH / 2);
      store.forget(DiskThings.key(1));
      write(slow, 1, LENGTH / 2, LENGTH);
      CountDownLatch writer = writerWaits(store);
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      store.forget(DiskThings.key(2));
      goOn(writer, store);
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).isEmpty();
    }
  }

  @Test
  void aLookupWhileAVariantIsWrittenLeavesTheOtherOnes() throws InterruptedException {
    try (DiskStore store = open()) {
      assertThat(store.store(new Item(1, 1, 1_000, 0, 111))).isTrue();
      store.flush();
      CountDownLatch writer = writerWaits(store);
      assertThat(store.store(new Item(1, 2, 1_000, 0, 222))).isTrue();
      assertThat(DiskThings.find(store, 1, 111)).isEmpty();
      goOn(writer, store);
      assertThat(DiskThings.find(store, 1, 111)).map(DiskThings.Got::version).contains(1);
      assertThat(DiskThings.find(store, 1, 222)).map(DiskThings.Got::version).contains(2);
    }
  }

  @Test
  void whatWaitsIsWrittenBeforeTheEnd() throws InterruptedException {
    DiskStore store = open();
    assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
    store.flush();
    CountDownLatch writer = writerWaits(store);
    for (int i = 1; i < 50; i++) {
      assertThat(store.store(new Item(i, 2, 1_000))).isTrue();
    }
    CompletableFuture<Void> closed = CompletableFuture.runAsync(store::close);
    DiskThings.awaitClosing(store);
    files.writesWait = null;
    writer.countDown();
    closed.join();
    try (DiskStore again = DiskThings.open(folder)) {
      for (int i = 1; i < 50; i++) {
        assertThat(version(again, i)).contains(2);
      }
    }
  }
}
