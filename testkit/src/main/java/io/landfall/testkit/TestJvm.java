package io.landfall.testkit;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How to start another JVM like the one in which a test runs. */
public final class TestJvm {
  private TestJvm() {}

  /** The java program. */
  public static String java() {
    return program("java");
  }

  /** A program of this JVM's JDK, such as {@code jcmd}. */
  public static String program(String name) {
    return Path.of(System.getProperty("java.home", ""), "bin", name).toString();
  }

  /**
   * The class path of the tests, with what stands on the module path of this JVM: jars, and behind
   * them folders, of whose classes there can be no archive.
   */
  public static String classPath() {
    // Surefire hides the class path behind a jar of its own.
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    String modules = System.getProperty("jdk.module.path", "");
    String all = modules.isEmpty() ? classes : modules + File.pathSeparator + classes;
    return Stream.concat(
            entries(all).filter(TestJvm::isJar), entries(all).filter(entry -> !isJar(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The jars of {@link #classPath}, which stand first in it. */
  static String jars() {
    return entries(classPath())
        .filter(TestJvm::isJar)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Stream<String> entries(String path) {
    return Arrays.stream(path.split(File.pathSeparator)).filter(entry -> !entry.isEmpty());
  }

  private static boolean isJar(String entry) {
    return entry.endsWith(".jar");
  }

  /** The command that runs a class of the tests' class path for a short while, in a small heap. */
  public static List<String> small(int heapMib, String... words) {
    return command(List.of("-XX:+UseSerialGC", "-Xmx" + heapMib + "m"), words);
  }

  /**
   * The command that runs a class of the tests' class path. None of these JVMs lives as long as the
   * second compiler needs to give back what it takes, a third of the CPU of all labs.
   *
   * @param flags options of the JVM beside those that Netty needs
   * @param words the name of the class, and its arguments
   */
  public static List<String> command(List<String> flags, String... words) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(TestArchive.flags());
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(classPath());
    command.addAll(List.of(words));
    return command;
  }
}
