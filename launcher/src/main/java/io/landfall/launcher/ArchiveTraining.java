package io.landfall.launcher;

import io.landfall.lab.StartupTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * What ./landfall runs once after a build so that the JVM can write an AppCDS archive: the lab's
 * training, with the commands of this program.
 */
final class ArchiveTraining {
  private ArchiveTraining() {}

  static void main(String[] args) throws IOException {
    PrintWriter unread = new PrintWriter(Writer.nullWriter());
    StartupTraining.run(command -> Launcher.run(unread, unread, command.toArray(String[]::new)));
    // Threads of what was started may still live.
    System.exit(0);
  }
}
