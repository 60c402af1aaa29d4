package io.landfall.transport.probe;

import io.landfall.core.FailureText;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs probes and delivers exactly one result for each to the executor that owns the signals: those
 * that connect on one event loop, commands on a virtual thread each.
 *
 * <p>The timeout is the time for everything that a probe does and starts when it gets its turn:
 * when more than {@link #MAX_RUNNING} or {@link #MAX_COMMANDS} are given at once, the wait is ours
 * and not the backend's. The signal room gives no more than that, so that none waits and is taken
 * for lost.
 */
public final class ProbeRunner implements AutoCloseable {
  /** The most probes that connect and have no verdict at a time. */
  public static final int MAX_RUNNING = 1024;

  /** The most commands that run at a time. */
  public static final int MAX_COMMANDS = 32;

  /** The most connections that are kept open between probes; the others are closed after each. */
  public static final int MAX_KEPT = 4096;

  /**
   * The longest interval over which a connection is kept: after more, something on the way may have
   * forgotten it without a word, and a probe would fail for that.
   */
  public static final long MOST_KEPT_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(ProbeRunner.class);

  private final Executor delivery;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("probe-", 0).factory());
  private final Semaphore commands = new Semaphore(MAX_COMMANDS);
  private final AtomicInteger given = new AtomicInteger();
  private final ConnectionProber connections;

  /**
   * A runner that hands its results to this executor.
   *
   * @param readers what judges the responses of HTTP probes
   */
  public ProbeRunner(Executor delivery, ResponseReader.Factory readers) {
    this.delivery = delivery;
    this.connections = new ConnectionProber(delivery, threads, readers);
  }

  /** A backend that is to be probed; made once for all its probes. */
  public ProbeTarget target(ProbePlan plan) {
    return new ProbeTarget(plan);
  }

  /**
   * Starts a probe; does not wait. After {@link #close} nothing is started and nothing delivered.
   */
  public void run(ProbeTarget target, ConnectionUse use, Consumer<ProbeResult> whenDone) {
    if (target.plan().check() instanceof ProbePlan.Exec exec) {
      try {
        threads.execute(() -> runCommand(exec, target.plan(), whenDone));
      } catch (RejectedExecutionException e) {
        log.debug("probe of {} not started: the runner is closed", target.plan());
      }
    } else {
      connections.start(new ProbeRun(target, use, whenDone, given.getAndIncrement()));
    }
  }

  /** A backend that is probed no more: the connection that is kept to it is closed. */
  public void release(ProbeTarget target) {
    connections.release(target);
  }

  private void runCommand(ProbePlan.Exec exec, ProbePlan plan, Consumer<ProbeResult> whenDone) {
    try {
      commands.acquire();
    } catch (InterruptedException e) {
      return; // The runner is being closed.
    }
    Verdict verdict = Verdict.bad("the probe ended without a verdict");
    try {
      verdict = ExecProbe.run(exec.argv(), plan, new Deadline(plan.timeoutMillis()));
    } catch (RuntimeException e) {
      // A probe that breaks here must not leave its backend without a verdict.
      log.atWarn().addKeyValue("probe", plan).setCause(e).log("probe broke");
      verdict = Verdict.bad("the probe broke: " + FailureText.of(e));
    } finally {
      commands.release();
      deliver(whenDone, verdict.seenNow());
    }
  }

  private void deliver(Consumer<ProbeResult> whenDone, ProbeResult result) {
    try {
      delivery.execute(() -> whenDone.accept(result));
    } catch (RejectedExecutionException e) {
      log.debug("a probe's result came after its owner had closed");
    }
  }

  /** Stops: connections are closed, commands are killed. */
  @Override
  public void close() {
    connections.close();
    threads.shutdownNow();
  }
}
