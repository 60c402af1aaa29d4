package io.landfall.edge.cache.disk;

import java.nio.file.Path;

/** A disk that counts how often it is read from, for tests of who reads. */
public final class CountingDisk implements AutoCloseable {
  private static final long DISK_BYTES = 64 << 20;
  private static final long SEGMENT_BYTES = 16 << 20;

  private final FaultyFiles files;
  private final DiskStore store;

  /** One in a folder, open and indexed. */
  public CountingDisk(Path folder) {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
    store = DiskThings.ready(DiskThings.store(files, DISK_BYTES, SEGMENT_BYTES));
  }

  public DiskStore store() {
    return store;
  }

  /** How often it was read from by now. */
  public long reads() {
    return files.reads.get();
  }

  @Override
  public void close() {
    store.close();
  }
}
