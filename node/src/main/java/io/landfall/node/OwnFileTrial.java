package io.landfall.node;

import io.landfall.admin.FolderTrial;
import io.landfall.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a file that a node writes can be written. What is there is neither opened nor changed.
 */
final class OwnFileTrial {
  private final boolean isReplaced;
  private final String key;
  private final String another;
  private final OwnFolderTrial.Report report;

  /**
   * For the file of one key.
   *
   * @param key where the config has it
   * @param another what may be named in place of a file that is none
   * @param isReplaced whether a new file takes its place, so that the folder counts
   */
  OwnFileTrial(String key, String another, boolean isReplaced, OwnFolderTrial.Report report) {
    this.isReplaced = isReplaced;
    this.key = key;
    this.another = another;
    this.report = report;
  }

  /**
   * Looks at what a config has for routes and for operators. Where they cannot be written a node
   * starts all the same, and tries again.
   */
  static void of(NodeConfig config, Findings findings) {
    config
        .operation()
        .watch()
        .mrt()
        .ifPresent(
            mrt -> {
              mrt.updates().ifPresent(warned("watch.mrt.updates", findings)::look);
              mrt.table().ifPresent(warned("watch.mrt.table", findings)::look);
            });
    warned("admin.state-file", findings).look(config.operation().admin().stateFile());
  }

  private static OwnFileTrial warned(String key, Findings findings) {
    return new OwnFileTrial(key, "name one", true, findings::warn);
  }

  /** Reports what keeps the file from being written, if anything does. */
  void look(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.exists(file)) {
      // Opening a FIFO waits until another process reads it.
      if (!Files.isRegularFile(file)) {
        report.add(key, file + " is no regular file", another);
      } else if (isReplaced && folder != null) {
        FolderTrial.refusal(folder)
            .ifPresent(why -> report.add(key, why, "name a file in another folder"));
      } else if (!Files.isWritable(file)) {
        report.add(key, file + " cannot be written by this user", "let this user own " + file);
      }
    } else if (folder == null || !Files.isDirectory(folder)) {
      report.add(key, "there is no folder " + folder, "make it, or name another file");
    } else if (!Files.isWritable(folder)) {
      report.add(key, folder + " cannot be written by this user", "let this user own " + folder);
    } else {
      FolderTrial.refusal(folder)
          .ifPresent(why -> report.add(key, why, "name a file in another folder"));
    }
  }
}
