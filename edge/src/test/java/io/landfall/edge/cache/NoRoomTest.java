package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A newer response that the memory does not take: all of it is taken by others that are being
 * fetched, or the response is too long. What it replaces is not used any more.
 */
class NoRoomTest {
  private static final long MEMORY_BYTES = 2 << 20;

  /** Bodies that fill the memory, none of which is too long for it. */
  private static final int FILLERS = 10;

  private static final int FILLER_BYTES = 200_000;
  private static final int BYTES = 150_000;

  /** Longer than a tenth of the memory. */
  private static final int LONG_BYTES = 300_000;

  @TempDir Path folder;
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<RawClient> clients = new ArrayList<>();
  private volatile char version = '1';
  private volatile Form form = Form.SHORT;
  private final TestBackend origin =
      new TestBackend((request, in, out) -> answer(request.line().split(" ")[1], out));

  /** What the response is like. */
  enum Form {
    SHORT,
    LONG,
    LONG_WITHOUT_LENGTH
  }

  private boolean answer(String path, OutputStream out) throws IOException {
    boolean fills = path.startsWith("/filler");
    int length = form == Form.SHORT ? BYTES : LONG_BYTES;
    length = fills ? FILLER_BYTES : length;
    String first = String.valueOf(version);
    String head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\n";
    if (form == Form.LONG_WITHOUT_LENGTH && !fills) {
      String chunk = "\r\n" + Integer.toHexString(length) + "\r\n";
      head += "Transfer-Encoding: chunked\r\n" + chunk;
      return TestBackend.raw(out, head + first.repeat(length) + "\r\n0\r\n\r\n");
    }
    boolean _ = TestBackend.raw(out, head + "Content-Length: " + length + "\r\n\r\n" + first);
    if (fills) {
      CoalescingTest.await(mayEnd);
    }
    return TestBackend.raw(out, first.repeat(length - 1));
  }

  @AfterEach
  void ends() {
    mayEnd.countDown();
    clients.forEach(RawClient::close);
    origin.close();
  }

  private TestSite onDisk() {
    return CachedSite.onDisk(origin, folder, CachePolicy.DEFAULT, MEMORY_BYTES);
  }

  private TestSite inMemory() {
    TestSite fra = CachedSite.of("fra", 1, CachePolicy.DEFAULT, MEMORY_BYTES);
    fra.publish(Signal.UP, TestSite.backends(origin));
    return fra;
  }

  private static String version(RawClient.Answer answer) {
    return answer.body().substring(0, 2);
  }

  private static String detail(RawClient.Answer answer) {
    String status = answer.all("cache-status").getFirst();
    return status.substring(status.lastIndexOf(';') + 2);
  }

  /** Others that are being fetched take all of the memory. */
  private void fill(TestSite fra) {
    for (int i = 0; i < FILLERS; i++) {
      clients.add(new RawClient(fra.http()).send(CachedSite.get("/filler" + i)));
    }
    TestSite.await(
        "nothing else fits", () -> fra.edge().cache().usedBytes() > MEMORY_BYTES - BYTES);
  }

  @Test
  void itReplacesWhatLiesOnDiskAndCacheStatusHasAWordOfItsOwn() {
    try (TestSite fra = onDisk()) {
      assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("11");
      CachedSite.awaitOnDisk(fra, 1);
    }
    try (TestSite fra = onDisk()) {
      fill(fra);
      version = '2';
      RawClient.Answer past = CachedSite.ask(fra, "/a", "Cache-Control: no-cache");
      assertThat(version(past)).isEqualTo("22");
      assertThat(detail(past)).isEqualTo("detail=NO_ROOM");
      mayEnd.countDown();
      CachedSite.awaitOnDisk(fra, FILLERS + 1);
      TestSite.await("there is room", () -> fra.edge().cache().fills() == 0);
      assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("22");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatItHasNoRoomForReplacesWhatIsInMemory(boolean disk) {
    try (TestSite fra = disk ? onDisk() : inMemory()) {
      assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("11");
      fill(fra);
      version = '2';
      RawClient.Answer past = CachedSite.ask(fra, "/a", "Cache-Control: no-cache");
      assertThat(detail(past)).isEqualTo("detail=NO_ROOM");
      assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("22");
      // A site that is stopped over them waits for them first, and what they hold counts as leaked.
      mayEnd.countDown();
      TestSite.await("all have ended", () -> fra.edge().cache().fills() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      names = {"LONG", "LONG_WITHOUT_LENGTH"})
  void whatIsTooLongReplacesWhatIsInMemory(Form newer) {
    for (boolean disk : List.of(false, true)) {
      form = Form.SHORT;
      version = '1';
      try (TestSite fra = disk ? onDisk() : inMemory()) {
        assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("11");
        assertThat(version(CachedSite.ask(fra, "/b"))).isEqualTo("11");
        form = newer;
        version = '2';
        assertThat(version(CachedSite.ask(fra, "/a", "Cache-Control: no-cache"))).isEqualTo("22");
        assertThat(version(CachedSite.ask(fra, "/a"))).isEqualTo("22");
        assertThat(version(CachedSite.ask(fra, "/b"))).as("of another URL").isEqualTo("11");
      }
    }
  }
}
