package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response that comes while all of the memory is taken by others that are being fetched. */
class NoRoomTest {
  private static final long DISK_BYTES = 256L << 20;
  private static final long MEMORY_BYTES = 2 << 20;

  /** Bodies that fill the memory, none of which is too long for it. */
  private static final int FILLERS = 10;

  private static final int FILLER_BYTES = 200_000;
  private static final int BYTES = 150_000;

  @TempDir Path folder;
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private volatile char version = '1';
  private final TestBackend origin =
      new TestBackend((request, in, out) -> answer(request.line().split(" ")[1], out));

  private boolean answer(String path, OutputStream out) throws IOException {
    boolean fills = path.startsWith("/filler");
    int length = fills ? FILLER_BYTES : BYTES;
    String first = String.valueOf(version);
    boolean _ =
        TestBackend.raw(
            out,
            "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + first);
    if (fills) {
      CoalescingTest.await(mayEnd);
    }
    return TestBackend.raw(out, first.repeat(length - 1));
  }

  @AfterEach
  void ends() {
    mayEnd.countDown();
    origin.close();
  }

  private static CacheDiskView disk(TestSite site) {
    return site.edge().cache().disks().getFirst();
  }

  private TestSite site() {
    TestSite fra =
        new TestSite(
            "fra",
            1,
            settings ->
                settings.with(
                    CacheSettings.of(MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT))
                        .with(List.of(new CacheSettings.Disk(folder, DISK_BYTES)))));
    fra.publish(Signal.UP, backends(origin));
    TestSite.await("the disk works", () -> disk(fra).state() == CacheDiskView.State.WORKING);
    return fra;
  }

  @Test
  void itReplacesWhatLiesOnDiskAndCacheStatusHasAWordOfItsOwn() {
    try (TestSite fra = site()) {
      assertThat(CachedSite.ask(fra, "/a").body().substring(0, 2)).isEqualTo("11");
      TestSite.await("it is on disk", () -> disk(fra).content().responses() == 1);
    }
    List<RawClient> clients = new ArrayList<>();
    try (TestSite fra = site()) {
      for (int i = 0; i < FILLERS; i++) {
        clients.add(new RawClient(fra.http()).send(CachedSite.get("/filler" + i)));
      }
      TestSite.await(
          "nothing else fits", () -> fra.edge().cache().usedBytes() > MEMORY_BYTES - BYTES);
      version = '2';
      RawClient.Answer past = CachedSite.ask(fra, "/a", "Cache-Control: no-cache");
      assertThat(past.body().substring(0, 2)).isEqualTo("22");
      assertThat(past.all("cache-status").getFirst()).endsWith("; detail=NO_ROOM");
      mayEnd.countDown();
      TestSite.await("all is on disk", () -> disk(fra).content().responses() == FILLERS + 1);
      TestSite.await("there is room", () -> fra.edge().cache().fills() == 0);
      assertThat(CachedSite.ask(fra, "/a").body().substring(0, 2)).isEqualTo("22");
    } finally {
      clients.forEach(RawClient::close);
    }
  }
}
