package io.landfall.node;

import io.landfall.admin.FolderTrial;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Whether a folder that a node has for itself can be used. Nothing that is there is changed. */
final class OwnFolderTrial {
  /** The file by which a node that runs has its folder, and in which its name is. */
  private static final String LOCK = "lock";

  private final String key;
  private final Path folder;
  private final Report report;

  /** Takes what is found: a problem, or a warning. */
  interface Report {
    /** One finding. */
    void add(String key, String rule, String fix);
  }

  /**
   * For one folder.
   *
   * @param key where the config has it
   */
  OwnFolderTrial(String key, Path folder, Report report) {
    this.key = key;
    this.folder = folder;
    this.report = report;
  }

  /** Whether it is a folder that can be written, or can be made. */
  boolean isWritable() {
    Path there = existing();
    if (!Files.isDirectory(there)) {
      report.add(key, there + " is no folder", "name a folder of this node alone");
      return false;
    }
    if (!Files.isWritable(there)) {
      report.add(key, there + " cannot be written by this user", "let this user own " + folder);
      return false;
    }
    Optional<String> refusal = FolderTrial.refusal(there);
    refusal.ifPresent(why -> report.add(key, why, "name a folder elsewhere"));
    return refusal.isEmpty();
  }

  /** The folder, or the nearest above it that is there. */
  Path existing() {
    Path at = folder.toAbsolutePath();
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /**
   * Looks whether another node has it.
   *
   * @param self how this one writes its own name there
   */
  void isFree(String self) {
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
      if (!holder.equals(self)) {
        report.add(key, folder + " is used by " + holder, "name a folder of this node alone");
      }
    } catch (OverlappingFileLockException e) {
      // A node of this very process has it: that is reported at its start.
    } catch (IOException e) {
      report.add(key, lock + " cannot be opened: " + FailureText.of(e), "");
    }
  }
}
