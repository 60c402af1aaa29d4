package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.core.FailureText;
import io.landfall.node.Node;
import io.landfall.node.StartFailed;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What runs after a build or an installation so that the JVM can write an AppCDS archive: two nodes
 * and their backends in one process for a moment, with a CA, sessions, requests and reads of the
 * tables, so that the archive has the classes of every start. Where it cannot finish, the archive
 * has less in it and nothing else is lost.
 */
public final class StartupTraining {
  private static final int REQUESTS = 100;
  // A machine that serves, and is upgraded meanwhile, has other work.
  private static final long TIMEOUT_MILLIS = 20_000;
  private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_MILLIS = 20;
  private static final List<String> SITES = List.of("fra", "nyc");
  // The status page reads most of the others.
  private static final List<String> VIEWS = List.of("status", "routes", "decisions");

  private final LabPlan plan;
  private final LabLayout layout;
  private final LabLayout kept;
  private final Consumer<List<String>> command;

  private StartupTraining(
      FreeNet net, LabLayout layout, LabLayout kept, Consumer<List<String>> command) {
    this.plan = net.plan();
    this.layout = layout;
    this.kept = kept;
    this.command = command;
  }

  /**
   * Runs it once. Threads of what was started may still live afterwards.
   *
   * @param credentials a folder for the CA and the certificates. They are made when it has none: on
   *     the class path, because a node's module path has nothing to make them with
   * @param command runs a landfall command with these arguments in this process
   * @return whether it came to its end
   * @throws IOException when a folder for it cannot be made or taken away
   */
  @SuppressWarnings("SystemOut") // For the log of the build.
  public static boolean run(Path credentials, Consumer<List<String>> command) throws IOException {
    Path directory = Files.createTempDirectory("landfall-training-");
    try {
      long pid = ProcessHandle.current().pid();
      LabLock.take(directory, pid, Instant.now());
      try (FreeNet net = FreeNet.find(SITES, pid).orElseThrow()) {
        LabLayout layout = LabLayout.prepare(directory, net.plan());
        new StartupTraining(net, layout, LabLayout.at(credentials), command).run();
      }
      return true;
    } catch (StartFailed | IllegalStateException | NoSuchElementException | LinkageError e) {
      System.err.println("the training is not complete: " + FailureText.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      delete(directory);
    }
    return false;
  }

  /**
   * Makes the CA and the certificates of a training whose own path has nothing to make them with.
   *
   * @param credentials the folder for them
   * @throws IOException when they cannot be written
   */
  public static void makeCredentials(Path credentials) throws IOException {
    // The addresses are not in them.
    makeCredentials(LabPlan.of((int) FreeNet.USUAL, SITES), LabLayout.at(credentials));
  }

  private static void makeCredentials(LabPlan plan, LabLayout layout) throws IOException {
    for (LabPlan.Site site : plan.sites()) {
      Files.createDirectories(layout.folder(site));
    }
    LabCredentials.write(plan, layout, System.currentTimeMillis());
  }

  private void run() throws IOException, InterruptedException, StartFailed {
    takeCredentials();
    for (LabPlan.Service service : plan.services()) {
      for (String site : service.sites()) {
        startBackend(service, plan.site(site));
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (LabPlan.Site site : plan.sites()) {
      UpstreamRouter.start(site);
      nodes.add(startNode(site));
    }
    Tables tables = new Tables(plan, layout);
    Tables.Expected expected = Tables.Expected.all(plan);
    long deadline = System.nanoTime() + READY_NANOS;
    List<String> missing = tables.differences(SITES, expected);
    while (!missing.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(missing.toString());
      }
      Thread.sleep(POLL_MILLIS);
      missing = tables.differences(SITES, expected);
    }
    request();
    nodes.forEach(Node::close);
  }

  private void takeCredentials() throws IOException {
    if (!Files.exists(kept.ca())) {
      makeCredentials(plan, kept);
    }
    List<Path> from = kept.credentials(plan);
    List<Path> to = layout.credentials(plan);
    for (int i = 0; i < from.size(); i++) {
      Files.copy(from.get(i), to.get(i), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private void startBackend(LabPlan.Service service, LabPlan.Site site) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(plan.backend(service, site));
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                new Backend(service.name(), site.name()).serve(listener);
              } catch (IOException e) {
                // Closed when the process ends.
              }
            });
  }

  private Node startNode(LabPlan.Site site) throws IOException, StartFailed {
    Files.writeString(layout.config(site), new SiteConfigText(plan, layout).of(site));
    return switch (ConfigLoader.load(layout.config(site))) {
      case ConfigResult.Valid valid -> Node.start(valid.config(), () -> {});
      case ConfigResult.Invalid invalid ->
          throw new IllegalStateException(invalid.problems().toString());
    };
  }

  private void request() throws IOException {
    for (int i = 0; i < REQUESTS; i++) {
      LabPlan.Site site = plan.sites().get(i % SITES.size());
      LabPlan.Service service = plan.services().get(i % plan.services().size());
      HttpCall.get(site.http(), service.host(), "/", TIMEOUT_MILLIS);
    }
    String socket = layout.socket(plan.sites().getFirst()).toString();
    for (String what : VIEWS) {
      command.accept(List.of("--socket", socket, "show", what));
    }
    command.accept(List.of("--socket", socket, "show", "routes", "--json"));
    command.accept(List.of("--socket", socket, "explain", "http://media.lab/"));
    command.accept(List.of("lab", "--help"));
    // The way to a node of its own: read, and started but for its file that is not there.
    command.accept(List.of("check", layout.config(plan.sites().getFirst()).toString()));
    command.accept(List.of("run", "-c", layout.ca() + ".none"));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
