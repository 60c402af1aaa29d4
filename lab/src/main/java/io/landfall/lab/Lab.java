package io.landfall.lab;

import io.landfall.core.FailureText;
import io.landfall.lab.host.ChildProcess;
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
  /**
   * Three sites on two idle cores take under 5 s; this is for nine on a machine with other work.
   */
  private static final long READY_SECONDS = 90;

  private static final long POLL_MILLIS = 15;
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  private final LabConsole console;
  private final LabNetwork network;
  private final LabLayout layout;

  /** In the order of their start. Guarded by itself: the end of the lab may come at any time. */
  private final Map<String, ChildProcess> children = new LinkedHashMap<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  private Lab(LabConsole console, LabNetwork network, LabLayout layout) {
    this.console = console;
    this.network = network;
    this.layout = layout;
  }

  /** A lab that has its addresses and folders, and no process yet. */
  static Lab prepare(Path directory, LabNetwork network, LabConsole console) throws IOException {
    return new Lab(console, network, LabLayout.prepare(directory, network.plan()));
  }

  /** Who is where. */
  public LabPlan plan() {
    return network.plan();
  }

  LabNetwork network() {
    return network;
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
    synchronized (children) {
      return Optional.ofNullable(children.get(name));
    }
  }

  /** The process of a node. */
  public ChildProcess node(String site) {
    return found(child(site), site);
  }

  /** The process of a backend. */
  public ChildProcess backend(String service, String site) {
    return found(child(service + "@" + site), service + "@" + site);
  }

  List<String> childNames() {
    synchronized (children) {
      return List.copyOf(children.keySet());
    }
  }

  private List<ChildProcess> allChildren() {
    synchronized (children) {
      return List.copyOf(children.values());
    }
  }

  private void startChild(String name, String title, List<String> command, Path log)
      throws IOException, LabFailure {
    synchronized (children) {
      if (closed.get()) {
        throw new LabFailure("told to end while starting");
      }
      children.put(name, ChildProcess.start(title, command, log));
    }
  }

  private static <T> T found(Optional<T> value, String name) {
    return value.orElseThrow(() -> new IllegalArgumentException("the lab has no " + name));
  }

  /** Starts everything and returns when every node's table is complete. */
  void start() throws IOException, LabFailure, InterruptedException {
    Jvm jvm = Jvm.current();
    LabPlan plan = plan();
    network.open(layout);
    for (LabPlan.Service service : plan.services()) {
      for (String name : service.sites()) {
        startBackend(jvm, service, plan.site(name));
      }
    }
    console.progress(childNames().size() + " backends starting");
    LabCredentials.write(plan, layout, System.currentTimeMillis());
    SiteConfigText text = new SiteConfigText(plan, layout);
    for (LabPlan.Site site : plan.sites()) {
      Files.writeString(layout.config(site), text.of(site));
    }
    console.progress("own CA, " + plan.sites().size() + " node certificates and configs written");
    network.awaitPaths(console);
    for (LabPlan.Site site : plan.sites()) {
      startNode(jvm, site);
    }
    console.progress(plan.sites().size() + " nodes starting");
    awaitReady();
  }

  private void startBackend(Jvm jvm, LabPlan.Service service, LabPlan.Site site)
      throws IOException, LabFailure {
    String host = plan().backend(service, site).getAddress().getHostAddress();
    String port = Integer.toString(plan().backend(service, site).getPort());
    List<String> command =
        jvm.light(
            LabChild.class, List.of(LabChild.BACKEND, service.name(), site.name(), host, port));
    String name = service.name() + "@" + site.name();
    startChild(name, "backend " + name, network.at(site, command), layout.log(service, site));
  }

  private void startNode(Jvm jvm, LabPlan.Site site) throws IOException, LabFailure {
    List<String> command =
        jvm.heavy(LabChild.class, List.of(LabChild.NODE, layout.config(site).toString()));
    startChild(site.name(), "node " + site.name(), network.at(site, command), layout.log(site));
  }

  private void awaitReady() throws LabFailure, InterruptedException {
    Tables.Expected expected = Tables.Expected.all(plan());
    List<String> waiting = new ArrayList<>(expected.nodes());
    List<String> missing = List.of();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
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
        console.waiting("site " + next + ": " + String.join("; ", missing));
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private List<String> notReady(LabPlan.Site site, Tables.Expected expected) {
    List<String> missing = tables().differences(List.of(site.name()), expected);
    return missing.isEmpty() ? network.missing(site) : missing;
  }

  private void failIfOneDied() throws LabFailure {
    for (ChildProcess child : allChildren()) {
      if (child.diedUnasked()) {
        throw new LabFailure(
            child.title() + " " + child.ending() + " at start:\n" + child.logTail());
      }
    }
  }

  /** Whether the lab is ending or has ended. */
  boolean isClosed() {
    return closed.get();
  }

  /** Ends every process and takes away what must not stay. Safe to call twice, from any thread. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    List<ChildProcess> all = allChildren();
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
      network.close();
      layout.leave(plan());
    } catch (IOException e) {
      console.error("could not tidy up: " + FailureText.of(e));
    }
  }
}
