package io.landfall.checks.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An {@link IngressDriver} as a process of its own inside a namespace. */
final class IngressProcess {
  private final LabProcess process;

  private IngressProcess(LabProcess process) {
    this.process = process;
  }

  /** Starts it with the driver's {@code key=value} options. */
  static IngressProcess start(
      NetworkNamespace namespace, Path dir, String label, String... options) {
    // Surefire hides the class path behind a jar of its own.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                IngressDriver.class.getName()));
    command.addAll(List.of(options));
    return new IngressProcess(namespace.start(label, dir, command));
  }

  /** Sends one command and waits until it has been carried out. */
  String tell(String command) {
    int before = process.output().length();
    process.say(command);
    Await.until(
        "the driver carries out " + command,
        () -> process.output().substring(before).contains("DONE " + command),
        process::output);
    return process.output().substring(before);
  }

  /** What {@code show} says now. */
  String show() {
    return tell("show");
  }

  LabProcess process() {
    return process;
  }

  String output() {
    return process.output();
  }
}
