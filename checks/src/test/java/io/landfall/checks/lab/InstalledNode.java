package io.landfall.checks.lab;

import io.landfall.checks.e2e.NotifySocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The node of the installed package as its unit starts it, and the socket that it reports to. */
final class InstalledNode implements AutoCloseable {
  private static final String NAME = "landfall-package-lab";

  private final Process process;
  private final Path log;
  private final NotifySocket manager;
  private final long startedNanos = System.nanoTime();

  private InstalledNode(Process process, Path log, NotifySocket manager) {
    this.process = process;
    this.log = log;
    this.manager = manager;
  }

  /** Starts it with this config; it logs into this folder. */
  static InstalledNode start(Path config, Path folder) throws IOException {
    NotifySocket manager = NotifySocket.open(NAME);
    Path log = folder.resolve("node.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                "setpriv",
                "--reuid=landfall",
                "--regid=landfall",
                "--init-groups",
                "--inh-caps=-all,+net_bind_service",
                "--ambient-caps=-all,+net_bind_service",
                "--bounding-set=-all,+net_bind_service",
                "--no-new-privs",
                "landfall",
                "run",
                "-c",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("NOTIFY_SOCKET", manager.address());
    builder.environment().put("WATCHDOG_USEC", "1000000");
    return new InstalledNode(builder.start(), log, manager);
  }

  /** What systemd was sent so far. */
  String sent() {
    return manager.sent();
  }

  /** What it has logged, and what took over from it, too. */
  String logged() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Whom the process that was started belongs to. */
  String user() {
    return process.info().user().orElse("unknown");
  }

  /** The process that was started. */
  long firstPid() {
    return process.pid();
  }

  /** The unit's main process: the one that was started, until the node names another one. */
  long mainPid() {
    return manager.mainPid().orElseGet(process::pid);
  }

  /** Milliseconds since it was started. */
  long ageMillis() {
    return (System.nanoTime() - startedNanos) / 1_000_000;
  }

  /** Milliseconds of CPU that its main process has taken, by the system's clock of ticks. */
  long cpuMillis() {
    return ProcessHandle.of(mainPid())
        .flatMap(main -> main.info().totalCpuDuration())
        .map(Duration::toMillis)
        .orElseThrow();
  }

  /** The exit code of the process that was started, once it has ended. */
  int exitCode() {
    return process.onExit().join().exitValue();
  }

  /** The memory that its main process has resident, in MiB. */
  long residentMib() throws IOException {
    for (String line : Files.readAllLines(ofMain("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException("no VmRSS");
  }

  /** The files that are mapped into its main process's memory. */
  String mappedFiles() throws IOException {
    return Files.readString(ofMain("maps"));
  }

  private Path ofMain(String name) {
    return Path.of("/proc", Long.toString(mainPid()), name);
  }

  /** Ends the process that was started; its exit code. */
  int stop() {
    // What waits to be read takes the room of what is sent next.
    String _ = sent();
    process.destroy();
    return exitCode();
  }

  /** Ends the process that took over from it. */
  void stopMain() {
    ProcessHandle main = ProcessHandle.of(mainPid()).orElseThrow();
    main.destroy();
    var _ = main.onExit().join();
  }

  @Override
  public void close() throws IOException {
    ProcessHandle.of(mainPid()).ifPresent(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    manager.close();
  }
}
