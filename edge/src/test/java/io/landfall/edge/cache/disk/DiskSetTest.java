package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.landfall.cache.Purge;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Got;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several disks: where keys are, and what a change of the disks leaves. */
class DiskSetTest {
  private static final int KEYS = 10_000;

  @TempDir Path root;
  private final Map<String, FaultyFiles> files = new TreeMap<>();

  private DiskStore disk(String name) {
    FaultyFiles made = new FaultyFiles(new FolderFiles(root.resolve(name), "test"));
    files.put(name, made);
    return DiskThings.named(name, made, PurgeLogToken.NONE);
  }

  private DiskSet open(String... names) {
    return DiskThings.set(List.of(names).stream().map(this::disk).toArray(DiskStore[]::new));
  }

  private FaultyFiles files(String name) {
    FaultyFiles found = files.get(name);
    if (found == null) {
      throw new AssertionError("no disk " + name);
    }
    return found;
  }

  /** One that is never opened, of a size. */
  private DiskStore sized(String name, long bytes) {
    return new DiskStore(
        new DiskSettings(name, bytes, DiskThings.SEGMENT_BYTES),
        new FolderFiles(root.resolve(name), "test"),
        SystemClock.INSTANCE,
        PooledByteBufAllocator.DEFAULT);
  }

  private static DiskSet of(DiskStore... disks) {
    return new DiskSet(List.of(disks), SystemClock.INSTANCE);
  }

  private static String home(DiskSet disks, int number) {
    return disks.home(DiskThings.key(number)).name();
  }

  /** Keys whose home is a disk. */
  private static int[] homes(DiskSet disks, String name) {
    return IntStream.range(0, KEYS).filter(each -> home(disks, each).equals(name)).toArray();
  }

  private static void storeOne(DiskSet disks, int number, int version) {
    boolean _ = disks.store(new Item(number, version, 1_000));
    disks.home(DiskThings.key(number)).flush();
  }

  private static Optional<Integer> version(DiskSet disks, int number) {
    return DiskThings.find(disks, number).map(Got::version);
  }

  /** What was made invalid is taken down a moment later, and this behind it. */
  private static void takeDown(DiskSet disks) {
    CompletableFuture.allOf(
            disks
                .purged(new Purge.OfUrl("other.test", "/"), false, 1)
                .toArray(CompletableFuture[]::new))
        .join();
  }

  @Test
  void eachHasItsShareOfTheKeysByItsSize() {
    DiskSet disks = of(sized("a", 100 << 20), sized("b", 300 << 20));
    assertThat(homes(disks, "a").length).isBetween(KEYS * 24 / 100, KEYS * 26 / 100);
  }

  @Test
  void oneMoreTakesItsShareFromAllAndNoKeyMovesBetweenTheOthers() {
    DiskStore a = sized("a", 100 << 20);
    DiskStore b = sized("b", 100 << 20);
    DiskSet two = of(a, b);
    DiskSet three = of(sized("c", 100 << 20), b, a);
    int moved = 0;
    for (int number = 0; number < KEYS; number++) {
      if (!home(two, number).equals(home(three, number))) {
        assertThat(home(three, number)).isEqualTo("c");
        moved++;
      }
    }
    assertThat(moved).isBetween(KEYS * 30 / 100, KEYS * 37 / 100);
  }

  @Test
  void oneThatTakesNothingIsPassedByForItsOwnKeysOnly() {
    try (DiskSet disks = open("a", "b")) {
      int onA = homes(disks, "a")[0];
      int onB = homes(disks, "b")[0];
      files("b").writesFail = true;
      storeOne(disks, onA, 1);
      storeOne(disks, onB, 1);
      assertThat(version(disks, onA)).contains(1);
      assertThat(version(disks, onB)).isEmpty();
      assertThat(disks.views())
          .extracting(CacheDiskView::path, CacheDiskView::state)
          .containsExactly(
              tuple("a", CacheDiskView.State.WORKING),
              tuple("b", CacheDiskView.State.NOT_WRITABLE));
      assertThat(disks.views())
          .extracting(CacheDiskView::writes)
          .extracting(CacheDiskView.Writes::stored, CacheDiskView.Writes::refused)
          .containsExactly(tuple(1L, 0L), tuple(0L, 1L));
      assertThat(disks.views().getFirst().why()).isEmpty();
      assertThat(disks.views().getLast().why()).contains("No space left on device");
    }
  }

  @Test
  void oneThatDoesNotAnswerHoldsUpNoOther() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    DiskSet disks = open("a", "b");
    try {
      int onA = homes(disks, "a")[0];
      int onB = homes(disks, "b")[0];
      storeOne(disks, onA, 1);
      storeOne(disks, onB, 1);
      files("b").readsWait = never;
      DiskStore b = disks.home(DiskThings.key(onB));
      CompletableFuture<Boolean> found = new CompletableFuture<>();
      assertThat(
              b.find(
                  DiskThings.key(onB),
                  DiskStore.ANY_VARIANT,
                  new DiskStore.Receiver() {
                    @Override
                    public void found(DiskFound it) {
                      it.release();
                      found.complete(true);
                    }

                    @Override
                    public void missed() {
                      found.complete(false);
                    }
                  }))
          .isTrue();
      files("b").readWaits.await();
      assertThat(version(disks, onA)).contains(1);
      assertThat(found.join()).isFalse();
      TestSite.await(
          "it is known to be slow",
          () -> disks.views().getLast().state() == CacheDiskView.State.SLOW);
      assertThat(disks.views().getFirst().state()).isEqualTo(CacheDiskView.State.WORKING);
    } finally {
      never.countDown();
      disks.close();
    }
  }

  @Test
  void whatWasStoredIsFoundWhenOneIsAddedAndWhenThatIsRemovedAgain() {
    try (DiskSet disks = open("a")) {
      for (int number = 0; number < 100; number++) {
        storeOne(disks, number, 1);
      }
    }
    int moved;
    try (DiskSet disks = open("a", "b")) {
      moved = homes(disks, "b")[0];
      assertThat(moved).isLessThan(100);
      for (int number = 0; number < 100; number++) {
        assertThat(version(disks, number)).contains(1);
      }
      storeOne(disks, moved, 2);
      assertThat(version(disks, moved)).contains(2);
      takeDown(disks);
    }
    try (DiskSet disks = open("a")) {
      for (int number = 0; number < 100; number++) {
        assertThat(version(disks, number))
            .isEqualTo(number == moved ? Optional.empty() : Optional.of(1));
      }
    }
  }

  @Test
  void howManyKeysAreStoredAnewElsewhereCostsNothingOfWhatTheOldOneHas() {
    long bytes = 64 << 20;
    int many = 2 * Forgotten.MOST + 8_000;
    try (DiskSet disks = DiskThings.set(sized("a", bytes))) {
      storeAll(disks, IntStream.range(0, many).toArray(), 1);
    }
    DiskStore a = sized("a", bytes);
    try (DiskSet disks = DiskThings.set(a, sized("b", bytes))) {
      int[] moved =
          IntStream.range(0, many).filter(each -> home(disks, each).equals("b")).toArray();
      assertThat(moved).hasSizeGreaterThan(Forgotten.MOST);
      storeAll(disks, moved, 2);
      takeDown(disks);
      for (int number = 0; number < many; number += 500) {
        assertThat(version(disks, number)).contains(home(disks, number).equals("b") ? 2 : 1);
        if (home(disks, number).equals("b")) {
          assertThat(DiskThings.find(a, number)).isEmpty();
        }
      }
    }
    DiskStore again = sized("a", bytes);
    try (DiskSet disks = DiskThings.set(again, sized("b", bytes))) {
      for (int number = 0; number < many; number += 500) {
        assertThat(DiskThings.find(again, number).isPresent())
            .isEqualTo(home(disks, number).equals("a"));
      }
    }
  }

  /** As many as may wait at a time. */
  private static void storeAll(DiskSet disks, int[] numbers, int version) {
    for (int i = 0; i < numbers.length; i++) {
      assertThat(disks.store(new Item(numbers[i], version, 0))).isTrue();
      if (i % 500 == 0) {
        disks.flush();
      }
    }
    disks.flush();
  }

  @Test
  void whatIsMadeInvalidIsSoWhereverItLies() {
    try (DiskSet disks = open("a")) {
      for (int number = 0; number < 100; number++) {
        storeOne(disks, number, 1);
      }
    }
    int[] onB;
    try (DiskSet disks = open("a", "b")) {
      onB = homes(disks, "b");
      disks.forget(DiskThings.key(onB[0]));
      disks.replaced(DiskThings.key(onB[1]));
      DiskStream stream = disks.stream(new Item(onB[2], 2, 100_000));
      assertThat(stream).isNotNull();
      assertThat(version(disks, onB[0])).isEmpty();
      assertThat(version(disks, onB[1])).isEmpty();
      assertThat(version(disks, onB[2])).isEmpty();
      assertThat(version(disks, onB[3])).contains(1);
      takeDown(disks);
    }
    try (DiskSet disks = open("a")) {
      assertThat(version(disks, onB[0])).isEmpty();
      assertThat(version(disks, onB[1])).isEmpty();
      assertThat(version(disks, onB[2])).isEmpty();
      assertThat(version(disks, onB[3])).contains(1);
    }
  }
}
