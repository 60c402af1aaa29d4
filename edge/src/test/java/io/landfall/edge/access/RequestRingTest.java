package io.landfall.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records are kept until newer ones need their memory, and a reader sees whole ones only. */
class RequestRingTest {
  private static final long BYTES = 4L * RequestRing.SEGMENT_BYTES;
  private static final int MOST_TEXT = 2_000;

  private final RequestRing ring = new RequestRing(BYTES);
  private final RecordBytes record = new RecordBytes();

  /** A record of which every part tells its number, and whose length changes. */
  private void add(int number) {
    record.clear();
    record.number(number).text("x".repeat(number % MOST_TEXT) + number, MOST_TEXT + 10);
    ring.add(number, record);
  }

  private static boolean isWhole(byte[] bytes, int number) {
    RecordBytes read = new RecordBytes(bytes);
    return read.number() == number && read.text().equals("x".repeat(number % MOST_TEXT) + number);
  }

  private long kept(int upTo) {
    return IntStream.rangeClosed(1, upTo).filter(each -> !ring.find(each).isEmpty()).count();
  }

  @Test
  void whatWasAddedIsFoundAndNothingElse() {
    assertThat(ring.find(7)).isEmpty();
    add(7);
    add(8);
    add(7);
    assertThat(ring.find(7)).hasSize(2).allMatch(each -> isWhole(each, 7));
    assertThat(ring.find(8)).singleElement().matches(each -> isWhole(each, 8));
    assertThat(ring.find(9)).isEmpty();
  }

  @Test
  void aRecordWithoutBytesIsOneToo() {
    record.clear();
    ring.add(-1, record);
    assertThat(ring.find(-1)).singleElement().matches(each -> each.length == 0);
    add(7);
    ring.add(-1, new RecordBytes());
    assertThat(ring.find(-1)).hasSize(2);
    assertThat(ring.find(7)).singleElement().matches(each -> isWhole(each, 7));
  }

  @Test
  void theNewestAreKeptInABoundedMemory() {
    int all = 5_000;
    IntStream.rangeClosed(1, all).forEach(this::add);
    assertThat(ring.find(all)).singleElement().matches(each -> isWhole(each, all));
    assertThat(ring.find(1)).isEmpty();
    long bytes =
        IntStream.rangeClosed(1, all)
            .mapToObj(ring::find)
            .flatMap(List::stream)
            .mapToLong(each -> each.length)
            .sum();
    assertThat(bytes).isBetween(BYTES / 2, BYTES);
    long kept = kept(all);
    assertThat(IntStream.rangeClosed(all - (int) kept + 1, all))
        .as("the last %d", kept)
        .allMatch(each -> ring.find(each).size() == 1);
  }

  @Test
  void aReaderThatIsOvertakenSeesWholeRecords() throws InterruptedException, ExecutionException {
    FutureTask<Void> writing =
        new FutureTask<>(() -> IntStream.rangeClosed(1, 300_000).forEach(this::add), null);
    Thread.ofPlatform().start(writing);
    long broken = 0;
    while (!writing.isDone()) {
      for (int number = 1; number < 300_000; number += 997) {
        int wanted = number;
        broken += ring.find(number).stream().filter(each -> !isWhole(each, wanted)).count();
      }
    }
    writing.get();
    assertThat(broken).isZero();
    assertThat(ring.find(300_000)).hasSize(1);
  }
}
