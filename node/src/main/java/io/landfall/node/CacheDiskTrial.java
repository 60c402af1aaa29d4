package io.landfall.node;

import io.landfall.config.CacheConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Whether the folder of the cache's disk can be used. Nothing is made or changed there. */
final class CacheDiskTrial {
  private static final String PATH = "cache.disk.path";

  /** The file by which a node that runs has its folder, and in which its name is. */
  private static final String LOCK = "lock";

  private CacheDiskTrial() {}

  /** Looks at that of a config. */
  static void of(NodeConfig config, Findings findings) {
    Optional<CacheConfig.Disk> disk = config.cache().disk();
    boolean used = config.services().stream().anyMatch(each -> each.cache().isPresent());
    if (disk.isEmpty()) {
      return;
    }
    if (!used) {
      findings.warn("cache.disk", "has no effect: no service has 'cache'", "it may stay");
      return;
    }
    Path folder = disk.get().folder();
    Path there = existing(folder);
    if (!Files.isDirectory(there)) {
      findings.problem(PATH, there + " is no folder", "name a folder of this node alone");
    } else if (!Files.isWritable(there)) {
      findings.problem(
          PATH, there + " cannot be written by this user", "let this user own " + folder);
    } else {
      room(disk.get(), there, findings);
      if (NodeCache.purgeLog(config).startsWith(folder)) {
        findings.problem(
            "cache.purge-log",
            "is in the folder of cache.disk, which may be emptied",
            "name a folder elsewhere");
      }
      taken(config, folder, findings);
    }
  }

  /** The folder, or the nearest above it that is there. */
  private static Path existing(Path folder) {
    Path at = folder.toAbsolutePath();
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  private static void room(CacheConfig.Disk disk, Path there, Findings findings) {
    try {
      long all = Files.getFileStore(there).getTotalSpace();
      if (all < disk.bytes()) {
        findings.problem(
            "cache.disk.size",
            "is more than the " + all + " bytes of the whole file system at " + there,
            "make it smaller, or name another folder");
      }
    } catch (IOException e) {
      findings.problem(PATH, there + " cannot be looked at: " + FailureText.of(e), "");
    }
  }

  private static void taken(NodeConfig config, Path folder, Findings findings) {
    Path lock = folder.resolve(LOCK);
    if (!Files.exists(lock)) {
      return;
    }
    try (FileChannel file =
        FileChannel.open(lock, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (file.tryLock() != null) {
        return;
      }
      String holder = Files.readString(lock).strip();
      String self = config.name() + "." + config.trust().domain();
      if (!holder.equals(self)) {
        findings.problem(
            PATH, folder + " is used by " + holder, "name a folder of this node alone");
      }
    } catch (OverlappingFileLockException e) {
      // A node of this very process has it: it tells at its start.
    } catch (IOException e) {
      findings.problem(PATH, lock + " cannot be opened: " + FailureText.of(e), "");
    }
  }
}
