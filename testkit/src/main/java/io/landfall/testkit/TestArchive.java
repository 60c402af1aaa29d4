package io.landfall.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The classes of the program as a JVM maps them (AppCDS), for the hundreds of JVMs that the labs
 * start: without it each of them spends a second or two of CPU on reading and verifying classes.
 * The first test that starts a JVM makes it, by the training of {@code ./landfall}. Tests whose
 * module does not name a file for it do without, and so do all where the training fails.
 */
final class TestArchive {
  /** The file of the archive; absent where there is to be none. */
  private static final String FILE = "landfall.test.archive";

  private static final String TRAINING = "io.landfall.launcher.ArchiveTraining";

  private TestArchive() {}

  /** The options by which a JVM uses it; none where there is none. */
  static List<String> flags() {
    String file = System.getProperty(FILE, "");
    if (file.isEmpty() || !isMade(Path.of(file))) {
      return List.of();
    }
    // One that does not fit (another order of jars, say) is worth no line of a log that a test
    // reads.
    return List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off,aot*=off");
  }

  private static synchronized boolean isMade(Path archive) {
    Path jars = beside(archive, ".jars");
    try (FileChannel channel =
            FileChannel.open(
                beside(archive, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) { // of the other JVM that runs tests of the module
      String wanted = jars();
      if (!Files.exists(jars) || !Files.readString(jars).equals(wanted)) {
        Files.deleteIfExists(archive);
        make(archive);
        Files.writeString(jars, wanted);
      }
      return Files.exists(archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars and when they were built. */
  private static String jars() {
    StringBuilder jars = new StringBuilder();
    for (String jar : TestJvm.jars().split(File.pathSeparator)) {
      jars.append(jar).append(' ').append(new File(jar).lastModified()).append('\n');
    }
    return jars.toString();
  }

  private static Path beside(Path archive, String suffix) {
    return archive.resolveSibling(archive.getFileName() + suffix);
  }

  private static void make(Path archive) throws IOException {
    Path made = beside(archive, ".new");
    Path credentials = Files.createDirectories(beside(archive, ".credentials"));
    try {
      Process training =
          new ProcessBuilder(
                  TestJvm.java(),
                  "-XX:ArchiveClassesAtExit=" + made,
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-Dio.netty.tryReflectionSetAccessible=true",
                  "-Dio.netty.jfr.enabled=false",
                  "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                  "-cp",
                  TestJvm.jars(),
                  TRAINING,
                  credentials.toString())
              .redirectErrorStream(true)
              .redirectOutput(beside(archive, ".log").toFile())
              .start();
      if (training.waitFor() == 0 && Files.exists(made)) {
        Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
