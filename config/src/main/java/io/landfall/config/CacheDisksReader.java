package io.landfall.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code cache.disk}: one folder, or a list of folders. */
final class CacheDisksReader {
  private static final long LEAST_BYTES = 128L << 20;
  private static final long MOST_BYTES = 1L << 44;

  private static final Keys DISK_KEYS = new Keys("cache.disk");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(DISK_KEYS);

  private static final Key<Path> PATH =
      DISK_KEYS
          .<Path>value("path", Shapes.FILE)
          .required("/var/cache/landfall/disk")
          .is(
              "The folder, made if there is none; of this node alone, and neither in another one of"
                  + " these nor around it. Best on a disk of its own.");
  private static final Key<Long> SIZE =
      DISK_KEYS
          .value("size", ValueRules.size(LEAST_BYTES, MOST_BYTES))
          .required("100GiB")
          .is(
              "What it may take. No response that is longer than a 32nd of it, or than 1 GiB, is"
                  + " stored there.");

  private CacheDisksReader() {}

  /** The disks under a key of the node's cache. */
  static List<CacheConfig.Disk> read(Section at, Key<?> key, FileRules files) {
    Optional<Yaml> written = at.raw(key);
    if (written.isEmpty()) {
      return List.of();
    }
    List<CacheConfig.Disk> disks = new ArrayList<>();
    if (written.get() instanceof Yaml.Sequence) {
      List<Section> all = at.sections(key).orElse(List.of());
      at.atMost(key, all.size(), "name fewer, larger disks");
      all.forEach(each -> read(each, files, disks));
    } else {
      at.section(key).ifPresent(each -> read(each, files, disks));
    }
    return disks;
  }

  private static void read(Section at, FileRules files, List<CacheConfig.Disk> disks) {
    Optional<Path> path = at.required(PATH, files::path);
    Optional<Long> size = at.required(SIZE);
    at.end();
    if (path.isEmpty() || size.isEmpty()) {
      return;
    }
    Path folder = path.get();
    for (CacheConfig.Disk other : disks) {
      if (folder.equals(other.folder())) {
        overlaps(at, "is the folder of " + other.key() + " too");
      } else if (folder.startsWith(other.folder())) {
        overlaps(at, "is inside the folder of " + other.key());
      } else if (other.folder().startsWith(folder)) {
        overlaps(at, "has the folder of " + other.key() + " inside");
      }
    }
    String whole = at.path(PATH.name());
    String key = whole.substring(0, whole.length() - PATH.name().length() - 1);
    disks.add(new CacheConfig.Disk(folder, size.get(), key));
  }

  private static void overlaps(Section at, String how) {
    at.problem(PATH.name(), how, "name a folder of its own");
  }
}
