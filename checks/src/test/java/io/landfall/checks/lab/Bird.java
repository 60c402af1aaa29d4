package io.landfall.checks.lab;

import io.landfall.lab.host.BirdControl;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.Command;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A real BIRD in a namespace, asked through its own control socket. */
public final class Bird implements AutoCloseable {
  private final BirdControl control;
  private final ChildProcess process;

  private Bird(BirdControl control, ChildProcess process) {
    this.control = control;
    this.process = process;
  }

  /**
   * Starts BIRD and waits until its control socket answers.
   *
   * @param dir a folder for configuration, socket and log; its path must be short (a Unix socket's
   *     is at most 107 bytes)
   * @param label the name for files
   */
  public static Bird start(NetworkNamespace namespace, Path dir, String label, BirdConfig config) {
    Path file = dir.resolve(label + ".conf");
    Path socket = dir.resolve(label + ".ctl");
    try {
      Files.writeString(file, config.text());
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
    BirdControl control = BirdControl.at(socket);
    Path program = Command.find("bird").orElse(Path.of("bird"));
    ChildProcess process = namespace.start(label, dir, control.daemon(program, file));
    Bird bird = new Bird(control, process);
    Await.until(
        "BIRD " + label + " answers",
        () -> bird.query("show status").contains("Daemon is up"),
        process::output);
    return bird;
  }

  /** Asks birdc one thing, such as {@code show protocols all}. */
  public String query(String command) {
    return control.ask(command);
  }

  /** What BIRD knows of one exact prefix, with all attributes; no route: an error line. */
  public String route(String prefix) {
    return query("show route " + prefix + " all");
  }

  /** Whether BIRD has a route for exactly this prefix. */
  public boolean hasRoute(String prefix) {
    return route(prefix).contains("BGP.as_path") || route(prefix).contains("BGP.origin");
  }

  /** How many routes a protocol's neighbour has sent and BIRD has kept. */
  public long routeCountFrom(String protocol) {
    return query("show route protocol " + protocol)
        .lines()
        .filter(line -> line.contains("[" + protocol + " "))
        .count();
  }

  /** Whether the session of this protocol is Established. */
  public boolean established(String protocol) {
    return query("show protocols " + protocol).contains("Established");
  }

  /** Waits until a query's answer is as wanted. */
  public String await(String what, String command, Predicate<String> wanted) {
    Await.until(what, () -> wanted.test(query(command)), () -> query(command) + "\n" + log());
    return query(command);
  }

  /** Waits until the session of this protocol is Established. */
  public void awaitEstablished(String protocol) {
    await(
        protocol + " is Established at BIRD",
        "show protocols all " + protocol,
        answer -> answer.contains("Established"));
  }

  /** BIRD's log. */
  public String log() {
    return process.output();
  }

  /** The process, to kill. */
  public ChildProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
