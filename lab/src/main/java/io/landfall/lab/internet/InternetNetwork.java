package io.landfall.lab.internet;

import io.landfall.core.FailureText;
import io.landfall.lab.JsonText;
import io.landfall.lab.Lab;
import io.landfall.lab.LabConsole;
import io.landfall.lab.LabFailure;
import io.landfall.lab.LabLayout;
import io.landfall.lab.LabNetwork;
import io.landfall.lab.LabPlan;
import io.landfall.lab.host.BirdControl;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A lab's network as root: every site, its upstream router and its clients are hosts of their own
 * (network namespaces), and packets go where BGP says. The node is the same process with the same
 * kind of config as everywhere else; only the addresses are real.
 */
public final class InternetNetwork implements LabNetwork {
  private static final long ROUTES_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_MILLIS = 20;
  private static final int KEY_BYTES = 16;

  private final InternetPlan plan;
  private final Namespaces namespaces;
  private final Path bird;
  private final Path birdc;
  private final Map<String, Router> routers = new LinkedHashMap<>();
  private boolean closed;

  private InternetNetwork(InternetPlan plan, Namespaces namespaces, Path bird, Path birdc) {
    this.plan = plan;
    this.namespaces = namespaces;
    this.bird = bird;
    this.birdc = birdc;
  }

  /**
   * A network that is not there yet: nothing is made before {@link #open}. Takes away what an
   * earlier lab in the folder left behind when it was killed.
   *
   * @throws LabFailure naming everything that is missing on this machine
   */
  public static InternetNetwork prepare(Path directory, List<String> sites)
      throws IOException, LabFailure {
    List<String> missing = new ArrayList<>();
    Path ip = program("ip", "iproute2", missing);
    Path bird = program("bird", "bird2", missing);
    Path birdc = program("birdc", "bird2", missing);
    if (!isRoot()) {
      missing.add("root: only root may make network namespaces (sudo ./landfall lab --internet)");
    }
    if (!missing.isEmpty()) {
      throw new LabFailure(
          "--internet cannot run here. Missing:\n  "
              + String.join("\n  ", missing)
              + "\nWithout --internet the lab needs none of these.");
    }
    InternetPlan plan = InternetPlan.of(sites);
    long pid = ProcessHandle.current().pid();
    return new InternetNetwork(plan, Namespaces.named(plan, directory, ip, pid), bird, birdc);
  }

  private static Path program(String name, String debianPackage, List<String> missing) {
    Optional<Path> found = Command.find(name);
    if (found.isEmpty()) {
      missing.add(name + ": the program is not installed (apt-get install " + debianPackage + ")");
    }
    return found.orElse(Path.of(name));
  }

  private static boolean isRoot() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
  }

  @Override
  public LabPlan plan() {
    return plan.lab();
  }

  InternetPlan internet() {
    return plan;
  }

  Namespaces namespaces() {
    return namespaces;
  }

  /** The upstream router of a site. */
  Router router(LabPlan.Site site) {
    return Optional.ofNullable(routers.get(site.name())).orElseThrow();
  }

  @Override
  public void open(LabLayout layout) throws IOException, LabFailure {
    namespaces.make();
    SecureRandom random = new SecureRandom();
    BirdText text = new BirdText(plan);
    for (LabPlan.Site site : plan.lab().sites()) {
      byte[] bytes = new byte[KEY_BYTES];
      random.nextBytes(bytes);
      String key = HexFormat.of().formatHex(bytes);
      writePrivate(layout.routerKey(site), key + "\n");
      Path config = layout.folder(site).resolve("bird.conf");
      writePrivate(config, text.of(site, key));
      start(site, config, layout);
    }
  }

  @Override
  public void awaitPaths(LabConsole console) throws IOException, LabFailure, InterruptedException {
    console.progress(
        "%d routers (BIRD), clients and sites in namespaces %s-*"
            .formatted(routers.size(), namespaces.prefix()));
    long deadline = System.nanoTime() + ROUTES_NANOS;
    for (LabPlan.Site site : plan.lab().sites()) {
      Router router = router(site);
      while (!router.prefixes().containsAll(plan.prefixes())) {
        if (!router.process().isAlive() || System.nanoTime() > deadline) {
          throw new LabFailure(
              "the router of "
                  + site.name()
                  + " "
                  + router.process().ending()
                  + " and knows "
                  + router.prefixes()
                  + ", not all of "
                  + plan.prefixes()
                  + "\n"
                  + router.process().logTail());
        }
        console.waiting("the router of " + site.name() + ", which has " + router.prefixes());
        Thread.sleep(POLL_MILLIS);
      }
    }
    console.progress("the routers know the way to every site and every client");
  }

  private synchronized void start(LabPlan.Site site, Path config, LabLayout layout)
      throws IOException, LabFailure {
    if (closed) {
      throw new LabFailure("the lab ends");
    }
    Path socket = layout.routerSocket(site);
    BirdControl control = new BirdControl(birdc, socket);
    List<String> command = control.daemon(bird, config);
    Path log = layout.folder(site).resolve("bird.log");
    Files.deleteIfExists(log);
    ChildProcess process =
        ChildProcess.start(
            "router of " + site.name(), namespaces.inside(namespaces.router(site), command), log);
    routers.put(site.name(), new Router(process, control));
  }

  private static void writePrivate(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  @Override
  public List<String> at(LabPlan.Site site, List<String> command) {
    return namespaces.inside(namespaces.site(site), command);
  }

  @Override
  public List<String> missing(LabPlan.Site site) {
    try {
      Router router = router(site);
      String best = router.best();
      if (!best.equals(BirdText.SITE)) {
        return List.of(
            "the router of "
                + site.name()
                + " does not send "
                + LabPlan.ANYCAST
                + " to its own site but to '"
                + best
                + "'");
      }
      int wanted = 1 + plan.transits(site).size();
      long paths = router.paths();
      return paths == wanted
          ? List.of()
          : List.of("the router of " + site.name() + " has " + paths + " paths, not " + wanted);
    } catch (LabFailure e) {
      return List.of("the router of " + site.name() + " does not answer: " + FailureText.of(e));
    }
  }

  @Override
  public String json() {
    return plan.lab().sites().stream()
        .map(
            site ->
                "  {\"site\":%s,\"node\":%s,\"router\":%s,\"client\":%s,\"bird\":%s}"
                    .formatted(
                        JsonText.quote(site.name()),
                        JsonText.quote(namespaces.site(site)),
                        JsonText.quote(namespaces.router(site)),
                        JsonText.quote(namespaces.client(site)),
                        JsonText.quote(router(site).control().socket().toString())))
        .collect(Collectors.joining(",\n", ",\n\"namespaces\":[\n", "\n]"));
  }

  @Override
  public String table(Lab lab) {
    return new InternetTable(lab, this).text();
  }

  @Override
  public boolean tour(Lab lab, LabConsole console)
      throws IOException, LabFailure, InterruptedException {
    try (InternetTour tour = new InternetTour(lab, this, console)) {
      return tour.run();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    // Namespaces end what runs in them, the routers too.
    namespaces.close();
  }
}
