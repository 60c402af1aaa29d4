package io.landfall.node;

import io.landfall.config.CacheConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the folders of the cache's disks, and that of the log of purges, can be used. Nothing
 * that is there is changed.
 */
final class CacheDiskTrial {
  private static final String PURGE_LOG = "cache.purge-log";

  private CacheDiskTrial() {}

  /** Looks at those of a config. */
  static void of(NodeConfig config, Findings findings) {
    purgeLog(config, findings);
    List<CacheConfig.Disk> disks = config.cache().disks();
    if (disks.isEmpty()) {
      return;
    }
    if (config.services().stream().noneMatch(each -> each.cache().isPresent())) {
      findings.warn("cache.disk", "has no effect: no service has 'cache'", "it may stay");
      return;
    }
    String self = config.name() + "." + config.trust().domain();
    // One of several that is broken, as after a power cut, must not keep the node away.
    OwnFolderTrial.Report report = disks.size() > 1 ? findings::warn : findings::problem;
    Map<CacheConfig.Disk, Path> usable = new LinkedHashMap<>();
    for (CacheConfig.Disk each : disks) {
      OwnFolderTrial trial = new OwnFolderTrial(path(each), each.folder(), report);
      if (trial.isWritable()) {
        usable.put(each, trial.existing());
        if (real(NodeCache.purgeLog(config)).startsWith(real(each.folder()))) {
          findings.problem(
              PURGE_LOG,
              "is in the folder of " + each.key() + ", which may be emptied",
              "name a folder elsewhere");
        }
        trial.isFree(self);
      }
    }
    apart(disks, findings);
    room(usable, findings);
  }

  private static String path(CacheConfig.Disk disk) {
    return disk.key() + ".path";
  }

  /** A log that is not kept stops no node, so one that was not asked for is warned of only. */
  private static void purgeLog(NodeConfig config, Findings findings) {
    boolean asked = config.cache().purgeLog().isPresent();
    OwnFolderTrial trial =
        new OwnFolderTrial(
            PURGE_LOG, NodeCache.purgeLog(config), asked ? findings::problem : findings::warn);
    if (trial.isWritable()) {
      trial.isFree(config.name().value());
    }
  }

  /** Two of them are not one, by whatever links they are reached; paths were compared before. */
  private static void apart(List<CacheConfig.Disk> disks, Findings findings) {
    for (int i = 1; i < disks.size(); i++) {
      for (CacheConfig.Disk other : disks.subList(0, i)) {
        Path one = real(disks.get(i).folder());
        Path two = real(other.folder());
        if (one.equals(two)) {
          overlaps(disks.get(i), " is the folder of " + other.key() + " too", findings);
        } else if (one.startsWith(two)) {
          overlaps(disks.get(i), " is inside the folder of " + other.key(), findings);
        } else if (two.startsWith(one)) {
          overlaps(disks.get(i), " has the folder of " + other.key() + " inside", findings);
        }
      }
    }
  }

  private static void overlaps(CacheConfig.Disk disk, String how, Findings findings) {
    findings.problem(path(disk), disk.folder() + how, "name a folder of its own");
  }

  /** A path without links, as far as it is there. */
  private static Path real(Path folder) {
    Path at = folder.toAbsolutePath();
    Path below = at.getFileSystem().getPath("");
    while (at.getParent() != null && !Files.exists(at)) {
      below = at.getFileName().resolve(below);
      at = at.getParent();
    }
    try {
      return at.toRealPath().resolve(below).normalize();
    } catch (IOException e) {
      return folder;
    }
  }

  /** What those on one file system may take together fits there. */
  private static void room(Map<CacheConfig.Disk, Path> usable, Findings findings) {
    Map<FileStore, Long> taken = new HashMap<>();
    usable.forEach(
        (disk, there) -> {
          try {
            FileStore store = Files.getFileStore(there);
            long before = taken.getOrDefault(store, 0L);
            long all = store.getTotalSpace();
            taken.merge(store, disk.bytes(), Long::sum);
            if (all < before + disk.bytes()) {
              findings.problem(
                  disk.key() + ".size",
                  (before == 0 ? "is" : "is, with the disks before it there,")
                      + " more than the "
                      + all
                      + " bytes of the whole file system at "
                      + there,
                  "make it smaller, or name another folder");
            }
          } catch (IOException e) {
            findings.problem(path(disk), there + " cannot be looked at: " + FailureText.of(e), "");
          }
        });
  }
}
