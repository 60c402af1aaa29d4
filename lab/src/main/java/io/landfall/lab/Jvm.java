package io.landfall.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How to start another Java process like this one: same JVM, same class path, same options, so that
 * what ./landfall prepared for a fast start fits the children as well.
 *
 * @param java the java program
 * @param options its options
 * @param classPath the class path
 */
public record Jvm(Path java, List<String> options, String classPath) {
  private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";

  /**
   * Nodes start side by side on few cores, so each waits longer before it compiles a method: three
   * times the calls, a fifth less CPU until they are ready. What runs hot is compiled all the same.
   */
  private static final String COMPILE_LATER = "-XX:CompileThresholdScaling=3";

  private static final List<String> OPTIONS =
      List.of("-X", "-D", "--enable-native-access=", "--sun-misc-unsafe-memory-access=", "--add-");

  /** The one that runs this. */
  public static Jvm current() {
    List<String> options =
        arguments().stream()
            .takeWhile(each -> each.startsWith("-") && !isClassPath(each))
            .filter(each -> OPTIONS.stream().anyMatch(each::startsWith))
            .toList();
    String classPath =
        Stream.of("java.class.path", "jdk.module.path")
            .map(name -> Objects.requireNonNullElse(System.getProperty(name), ""))
            .filter(path -> !path.isEmpty())
            .collect(Collectors.joining(System.getProperty("path.separator", ":")));
    Path java = Path.of(System.getProperty("java.home", ""), "bin", "java");
    return new Jvm(java, options, classPath);
  }

  /** The JDK gives none where they are longer than a page of memory, as class paths make them. */
  private static List<String> arguments() {
    try {
      String all = Files.readString(Path.of("/proc/self/cmdline"));
      return List.of(all.split("\0", -1)).stream().skip(1).toList();
    } catch (IOException e) {
      return List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
    }
  }

  private static boolean isClassPath(String argument) {
    return List.of("-cp", "-classpath", "--class-path", "-jar", "-p").contains(argument);
  }

  /**
   * The command of a process that starts fast and does little. The archive of a fast start is left
   * out: it holds the classes of a node, and mapping it costs more than such a process gains.
   */
  public List<String> light(Class<?> main, List<String> arguments) {
    return command(
        options.stream().filter(each -> !each.startsWith(ARCHIVE)),
        List.of("-Xmx64m", FIRST_COMPILER_ONLY),
        main,
        arguments);
  }

  /** The command of a process that lives long and works hard. */
  List<String> heavy(Class<?> main, List<String> arguments) {
    return command(options.stream(), List.of(COMPILE_LATER), main, arguments);
  }

  private List<String> command(
      Stream<String> inherited, List<String> more, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    inherited.filter(each -> !each.equals(FIRST_COMPILER_ONLY)).forEach(command::add);
    command.addAll(more);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    return command;
  }
}
