package io.landfall.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running lab: the processes of all sites, from the first to the last.
 *
 * <p>Start-up does as much as it can at once. Backends need only an address, so they start first;
 * while they come up the lab makes its CA and writes the configs; then all nodes start together.
 * Nothing waits for anything but files that it reads.
 */
public final class Lab implements AutoCloseable {
  private static final long READY_SECONDS = 60;
  private static final long READY_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(READY_SECONDS);
  private static final long POLL_MILLIS = 15;
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  private final LabConsole console;
  private final Ground ground;
  private final LabLayout layout;
  private final Map<String, ChildProcess> children = new LinkedHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Lab(LabConsole console, Ground ground, LabLayout layout) {
    this.console = console;
    this.ground = ground;
    this.layout = layout;
  }

  /** A lab that has its addresses and folders, and no process yet. */
  static Lab prepare(Path directory, Ground ground, LabConsole console) throws IOException {
    return new Lab(console, ground, LabLayout.prepare(directory, ground.plan()));
  }

  /** Who is where. */
  public LabPlan plan() {
    return ground.plan();
  }

  Ground ground() {
    return ground;
  }

  /** Which file is where. */
  public LabLayout layout() {
    return layout;
  }

  /** What the nodes' tables show. */
  public Tables tables() {
    return new Tables(plan(), layout);
  }

  /** The process of a node ({@code fra}) or of a backend ({@code shop@fra}). */
  Optional<ChildProcess> child(String name) {
    return Optional.ofNullable(children.get(name));
  }

  /** The process of a node. */
  public ChildProcess node(String site) {
    return found(children.get(site), site);
  }

  /** The process of a backend. */
  public ChildProcess backend(String service, String site) {
    return found(children.get(service + "@" + site), service + "@" + site);
  }

  List<String> childNames() {
    return List.copyOf(children.keySet());
  }

  private static <T> T found(@org.jspecify.annotations.Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("the lab has no " + name);
    }
    return value;
  }

  /** Starts everything and returns when every node's table is complete. */
  void start() throws IOException, LabFailure, InterruptedException {
    Jvm jvm = Jvm.current();
    LabPlan plan = plan();
    ground.open(layout);
    for (LabPlan.Service service : plan.services()) {
      for (String name : service.sites()) {
        startBackend(jvm, service, plan.site(name));
      }
    }
    console.progress(children.size() + " backends starting");
    LabCredentials.write(plan, layout, System.currentTimeMillis());
    SiteConfigText text = new SiteConfigText(plan, layout);
    for (LabPlan.Site site : plan.sites()) {
      Files.writeString(layout.config(site), text.of(site));
    }
    console.progress("own CA, " + plan.sites().size() + " node certificates and configs written");
    ground.awaitPaths(console);
    for (LabPlan.Site site : plan.sites()) {
      startNode(jvm, site);
    }
    console.progress(plan.sites().size() + " nodes starting");
    awaitReady();
  }

  private void startBackend(Jvm jvm, LabPlan.Service service, LabPlan.Site site)
      throws IOException {
    String host = plan().backend(service, site).getAddress().getHostAddress();
    String port = Integer.toString(plan().backend(service, site).getPort());
    List<String> command =
        jvm.light(
            LabChild.class, List.of(LabChild.BACKEND, service.name(), site.name(), host, port));
    String name = service.name() + "@" + site.name();
    children.put(
        name,
        ChildProcess.start("backend " + name, ground.at(site, command), layout.log(service, site)));
  }

  private void startNode(Jvm jvm, LabPlan.Site site) throws IOException {
    List<String> command =
        jvm.heavy(LabChild.class, List.of(LabChild.NODE, layout.config(site).toString()));
    children.put(
        site.name(),
        ChildProcess.start("node " + site.name(), ground.at(site, command), layout.log(site)));
  }

  private void awaitReady() throws LabFailure, InterruptedException {
    Tables.Expected expected = Tables.Expected.all(plan());
    List<String> waiting = new ArrayList<>(expected.nodes());
    List<String> missing = List.of();
    long deadline = System.nanoTime() + READY_DEADLINE_NANOS;
    while (!waiting.isEmpty()) {
      failIfOneDied();
      String next = waiting.getFirst();
      missing = notReady(plan().site(next), expected);
      if (missing.isEmpty()) {
        waiting.removeFirst();
        console.progress("site " + next + ": every node, every service, the prefix announced");
      } else if (System.nanoTime() > deadline) {
        throw new LabFailure(
            "not ready after "
                + READY_SECONDS
                + " s: "
                + String.join("; ", missing)
                + "\n"
                + node(next).logTail());
      } else {
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private List<String> notReady(LabPlan.Site site, Tables.Expected expected) {
    List<String> missing = tables().differences(List.of(site.name()), expected);
    return missing.isEmpty() ? ground.missing(site) : missing;
  }

  private void failIfOneDied() throws LabFailure {
    for (ChildProcess child : children.values()) {
      if (child.diedUnasked()) {
        throw new LabFailure(
            child.title() + " " + child.ending() + " at start:\n" + child.logTail());
      }
    }
  }

  /** Ends every process and takes away what must not stay. Safe to call twice, from any thread. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    List<ChildProcess> all = List.copyOf(children.values());
    all.forEach(ChildProcess::terminate);
    try {
      long deadline = System.nanoTime() + GRACE_NANOS;
      while (System.nanoTime() < deadline && all.stream().anyMatch(ChildProcess::isAlive)) {
        Thread.sleep(POLL_MILLIS);
      }
      for (ChildProcess child : all) {
        child.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      ground.close();
      layout.leave(plan());
    } catch (IOException e) {
      console.error("could not tidy up: " + e.getMessage());
    }
  }
}
