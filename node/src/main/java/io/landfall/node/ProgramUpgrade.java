package io.landfall.node;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the program anew, as it is installed now, to take over from this process: below a service
 * manager only it can, for the manager has to know the new process as one of its unit. It is asked
 * for by SIGWINCH, which a version that does not know it ignores.
 *
 * <p>The new process is no child of this one but, at once, of the manager: systemd does not notice
 * the end of a main process that is the child of another one, and kills it in place of stopping it,
 * also when it has become its own child since.
 */
final class ProgramUpgrade {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  /** The environment's word for the command that starts the program, as its launcher sets it. */
  static final String COMMAND = "LANDFALL_COMMAND";

  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static boolean started;
  private static long startedNanos;

  private ProgramUpgrade() {}

  /**
   * From now on the signal is answered, if a service manager has started this process and it is
   * known by which command.
   */
  static void onSignal(Path config, Map<String, String> environment) {
    String command = environment.get(COMMAND);
    if (command != null && environment.containsKey("NOTIFY_SOCKET")) {
      ProcessSignal.on("WINCH", () -> start(command, config));
    }
  }

  /** A signal too many starts no further one while the last may still be on its way. */
  private static synchronized void start(String command, Path config) {
    long now = System.nanoTime();
    if (started && now - startedNanos < AGAIN_NANOS) {
      log.atWarn()
          .log("the program was started to take over just now; it is not started again yet");
      return;
    }
    started = true;
    startedNanos = now;
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of("setsid", "--fork", command, "run", "-c", config.toString(), "--takeover"))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The watchdog is of the unit's main process, which is the new one from the takeover on.
    builder.environment().remove("WATCHDOG_PID");
    try {
      // Why it ended, if it does not take over, is in its own words in the same journal.
      builder.start();
      log.atInfo().addKeyValue("command", command).log("the program is started to take over");
    } catch (IOException e) {
      log.atError().addKeyValue("why", FailureText.of(e)).log("the program cannot be started");
    }
  }
}
