package io.landfall.node;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the program anew, as it is installed now, to take over from this process: below a service
 * manager only it can, for the manager has to know the new process as one of its unit. It is asked
 * for by SIGWINCH, which a version that does not know it ignores.
 */
final class ProgramUpgrade {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  /** The environment's word for the command that starts the program, as its launcher sets it. */
  static final String COMMAND = "LANDFALL_COMMAND";

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

  private static void start(String command, Path config) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command, "run", "-c", config.toString(), "--takeover"))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The watchdog is of the unit's main process, which is the new one from the takeover on.
    builder.environment().remove("WATCHDOG_PID");
    try {
      Process started = builder.start();
      log.atInfo().addKeyValue("pid", started.pid()).log("the program is started to take over");
      started
          .onExit()
          .thenAccept(
              ended ->
                  log.atWarn()
                      .addKeyValue("exit", ended.exitValue())
                      .log("the program that was to take over has ended"));
    } catch (IOException e) {
      log.atError().addKeyValue("why", FailureText.of(e)).log("the program cannot be started");
    }
  }
}
