package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An {@link IngressDriver} as a process of its own inside a namespace. */
final class IngressProcess {
  private final ChildProcess process;

  private IngressProcess(ChildProcess process) {
    this.process = process;
  }

  /** Starts it with the driver's {@code key=value} options. */
  static IngressProcess start(
      NetworkNamespace namespace, Path dir, String label, String... options) {
    List<String> command =
        new ArrayList<>(
            TestJvm.command(List.of("-XX:+UseSerialGC"), IngressDriver.class.getName()));
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

  ChildProcess process() {
    return process;
  }

  String output() {
    return process.output();
  }
}
