package io.landfall.lab;

import io.landfall.core.FailureText;
import io.landfall.lab.internet.InternetNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code landfall lab}: three sites on this machine, as real processes, without root and without
 * any other software.
 */
@Command(
    name = "lab",
    description = "Run a CDN of several sites on this machine: real nodes, real backends, own CA.",
    mixinStandardHelpOptions = true)
public final class LabCommand implements Callable<Integer> {
  /** Where a lab lives by default: a name that no folder of a source tree has. */
  private static final String DIRECTORY = "landfall-lab";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = LabCommand.DIRECTORY,
      description =
          "Where configs, certificates, logs and lab.json go; made when missing (default:"
              + " ${DEFAULT-VALUE}).")
  private Path directory = Path.of(DIRECTORY);

  @Option(
      names = "--sites",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "fra,nyc,sin",
      description = "The sites, 1 to 9 (default: ${DEFAULT-VALUE}).")
  private List<String> sites = List.of();

  @Option(
      names = "--tour",
      description = "Walk through it: serve, forward, failures, measured; exit 0 if all went well.")
  private boolean tour;

  @Option(
      names = "--internet",
      description =
          "Each site, its upstream router (BIRD) and clients in network namespaces, with one real"
              + " anycast address. Needs root.")
  private boolean internet;

  @Spec private CommandSpec spec;

  /** Picocli fills in the rest. */
  public LabCommand() {
    spec = CommandSpec.create();
  }

  /**
   * Runs the lab until it is told to end, or the tour.
   *
   * @return 0 after a clean end; 1 when something could not start or a step of the tour failed, or
   *     another lab has the folder; 2 for wrong arguments
   */
  @Override
  public Integer call() throws InterruptedException {
    LabConsole console =
        new LabConsole(spec.commandLine().getOut(), spec.commandLine().getErr(), System::nanoTime);
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      LabPlan.of(0, sites);
      if (tour) {
        Tour.requireSites(sites);
      }
      Files.createDirectories(absolute);
      long pid = ProcessHandle.current().pid();
      return switch (LabLock.take(absolute, pid, Instant.now())) {
        case LabLock.Attempt.Busy(String holder) -> {
          console.error(
              absolute + " is in use by a lab: " + holder + ". Stop it, or use another --dir.");
          yield EXIT_FAILED;
        }
        case LabLock.Attempt.Foreign() -> {
          console.error(
              absolute
                  + " has files that are no lab's, which would be overwritten."
                  + " Name a new or empty folder with --dir.");
          yield EXIT_FAILED;
        }
        case LabLock.Attempt.Held(LabLock lock) -> {
          try (lock) {
            yield runIn(absolute, console);
          }
        }
      };
    } catch (IllegalArgumentException e) {
      console.error(FailureText.of(e));
      return EXIT_USAGE;
    } catch (IOException e) {
      console.error("cannot work in " + absolute + ": " + FailureText.withFile(e));
      return EXIT_FAILED;
    }
  }

  private LabNetwork network(Path absolute) throws IOException, LabFailure {
    return internet ? InternetNetwork.prepare(absolute, sites) : LoopbackNetwork.find(sites);
  }

  private int runIn(Path absolute, LabConsole console) throws IOException, InterruptedException {
    console.progress("lab of " + String.join(", ", sites) + " in " + absolute);
    try (Lab lab = Lab.prepare(absolute, network(absolute), console)) {
      // SIGINT, SIGTERM and SIGHUP come here; SIGKILL leaves it to LabChild.
      Runtime.getRuntime().addShutdownHook(new Thread(lab::close, "lab-end"));
      lab.start();
      LabReport report = new LabReport(lab);
      report.writeJson();
      console.say(
          "lab ready after %.2f s: %d sites, %d services, prefix %s"
              .formatted(
                  console.sinceStartSeconds(),
                  sites.size(),
                  lab.plan().services().size(),
                  LabPlan.ANYCAST));
      if (tour) {
        return lab.network().tour(lab, console) ? EXIT_OK : EXIT_FAILED;
      }
      console.say(lab.network().table(lab));
      new LabWatch(lab, report, console).run();
      return EXIT_OK;
    } catch (LabFailure e) {
      console.error(FailureText.of(e));
      return EXIT_FAILED;
    }
  }
}
