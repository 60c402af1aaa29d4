package io.landfall.launcher;

import io.landfall.lab.StartupTraining;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;

/**
 * What runs after a build, and after an installation, so that the JVM can write an AppCDS archive:
 * the lab's training, with the commands of this program. Its argument is the folder of the
 * credentials; with {@code --credentials} before it those are made, and nothing else is done. Its
 * exit code is 0 when the training came to its end.
 */
final class ArchiveTraining {
  private ArchiveTraining() {}

  static void main(String[] args) throws IOException {
    if (args.length > 1 && args[0].equals("--credentials")) {
      StartupTraining.makeCredentials(Path.of(args[1]));
      return;
    }
    PrintWriter unread = new PrintWriter(Writer.nullWriter());
    boolean complete =
        StartupTraining.run(
            Path.of(args[0]),
            command ->
                Launcher.run(
                    OutputStream.nullOutputStream(), unread, command.toArray(String[]::new)));
    // Threads of what was started may still live.
    System.exit(complete ? 0 : 1);
  }
}
