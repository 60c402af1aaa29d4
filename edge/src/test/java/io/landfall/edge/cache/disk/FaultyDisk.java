package io.landfall.edge.cache.disk;

import io.landfall.core.Clock;
import io.landfall.edge.PurgeLogToken;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;

/** A disk of a site's cache whose files a test lets fail, in small segments. */
public final class FaultyDisk {
  /** Its files. */
  public final FaultyFiles files;

  private final String name;

  /** One in this folder. */
  public FaultyDisk(Path folder) {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
    name = folder.toString();
  }

  /** Begins to use it. */
  public DiskSet open(long bytes, Clock clock) {
    DiskStore store =
        new DiskStore(
            DiskSettings.of(name, bytes, PurgeLogToken.NONE),
            files,
            clock,
            PooledByteBufAllocator.DEFAULT);
    store.start();
    return new DiskSet(List.of(store), clock);
  }
}
