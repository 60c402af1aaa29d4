package io.landfall.lab.internet;

import io.landfall.lab.Jvm;
import io.landfall.lab.LabFailure;
import io.landfall.lab.LabPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The lab's end of a {@link ClientAgent}: the clients of one region. */
final class Client implements AutoCloseable {
  /** What the agent says when a load has ended. */
  static final String STOPPED = "stopped";

  private static final int MAX_SAMPLES = 200_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_MILLIS = 2;

  private final LabPlan.Site region;
  private final Process process;
  private final PrintWriter commands;
  private final List<Sample> samples = new ArrayList<>();
  private boolean loading;

  private Client(LabPlan.Site region, Process process) {
    this.region = region;
    this.process = process;
    this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /** Starts the process in the region's namespace. */
  static Client start(Jvm jvm, Namespaces namespaces, LabPlan.Site region, Path log)
      throws IOException {
    List<String> arguments =
        List.of(InternetPlan.ANYCAST_ADDRESS, Integer.toString(region.http().getPort()));
    List<String> command =
        namespaces.inside(namespaces.client(region), jvm.light(ClientAgent.class, arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile())).start();
    Client client = new Client(region, process);
    Thread.ofVirtual().name("client-" + region.name()).start(client::read);
    return client;
  }

  private void read() {
    try {
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard(line);
      }
    } catch (IOException e) {
      // Its end: whoever waits for an answer runs out of patience and says so.
    }
  }

  private synchronized void heard(String line) {
    if (line.equals(STOPPED)) {
      loading = false;
    } else if (samples.size() < MAX_SAMPLES) {
      Sample.parse(line).ifPresent(samples::add);
    }
  }

  LabPlan.Site region() {
    return region;
  }

  /** How many requests there were so far: a place to look back to. */
  synchronized int mark() {
    return samples.size();
  }

  /** The requests since a mark. */
  synchronized List<Sample> since(int mark) {
    return List.copyOf(samples.subList(mark, samples.size()));
  }

  /** Sends one request and waits for what comes of it. */
  Sample once(String host) throws LabFailure, InterruptedException {
    int mark = mark();
    commands.println("get " + host);
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (mark() == mark) {
      poll(deadline);
    }
    return since(mark).getFirst();
  }

  /** Sends requests one after another, each with so many attempts, until {@link #stop}. */
  void load(String host, int attempts) {
    synchronized (this) {
      loading = true;
    }
    commands.println("load " + host + " " + attempts);
  }

  /** Ends the load and waits until its last request has been answered. */
  void stop() throws LabFailure, InterruptedException {
    commands.println("stop");
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (isLoading()) {
      poll(deadline);
    }
  }

  private synchronized boolean isLoading() {
    return loading;
  }

  private void poll(long deadlineNanos) throws LabFailure, InterruptedException {
    if (System.nanoTime() > deadlineNanos || !process.isAlive()) {
      throw new LabFailure("the client near " + region.name() + " does not answer");
    }
    Thread.sleep(POLL_MILLIS);
  }

  @Override
  public void close() {
    commands.close();
    process.destroyForcibly();
  }
}
