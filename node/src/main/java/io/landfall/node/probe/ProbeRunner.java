package io.landfall.node.probe;

import io.landfall.signal.BackendAddress;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ProbeSpec.Check;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs probes, each on a virtual thread of its own, and delivers exactly one result for each to the
 * executor that owns the signals.
 *
 * <p>The timeout is the time for everything that a probe does and starts when it gets its turn:
 * when more than {@link #MAX_RUNNING} are given at once, the wait is ours and not the backend's.
 * The signal room gives no more than that, so that none waits and is taken for lost.
 */
public final class ProbeRunner implements AutoCloseable {
  /** The most probes that run at a time. */
  public static final int MAX_RUNNING = LocalSignals.MAX_CONNECTIONS;

  private static final Logger log = LoggerFactory.getLogger(ProbeRunner.class);

  private final Executor delivery;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("probe-", 0).factory());
  private final Semaphore running = new Semaphore(MAX_RUNNING);
  private final Semaphore commands = new Semaphore(LocalSignals.MAX_COMMANDS);

  /** A runner that hands its results to this executor. */
  public ProbeRunner(Executor delivery) {
    this.delivery = delivery;
  }

  /**
   * Starts a probe; does not wait. After {@link #close} nothing is started and nothing delivered.
   */
  public void run(ProbeSpec spec, BackendAddress backend, Consumer<ProbeResult> whenDone) {
    try {
      threads.execute(() -> runNow(spec, backend, whenDone));
    } catch (RejectedExecutionException e) {
      log.atDebug().addKeyValue("backend", backend).log("probe not started: the runner is closed");
    }
  }

  private void runNow(ProbeSpec spec, BackendAddress backend, Consumer<ProbeResult> whenDone) {
    Semaphore permits = spec.check() instanceof Check.Exec ? commands : running;
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      return; // The runner is being closed.
    }
    OneVerdict verdict =
        new OneVerdict(v -> deliver(whenDone, new ProbeResult(v.ok(), v.why(), System.nanoTime())));
    try {
      Deadline deadline = new Deadline(spec.timeoutMillis());
      switch (spec.check()) {
        case Check.Tcp() -> verdict.give(TcpProbe.run(backend, deadline));
        case Check.Http(String path) -> HttpProbe.run(backend, path, deadline, verdict);
        case Check.Exec exec -> verdict.give(ExecProbe.run(exec.argv(), backend, deadline));
      }
    } catch (RuntimeException e) {
      // A probe that breaks here must not leave its backend without a verdict.
      log.atWarn().addKeyValue("backend", backend).setCause(e).log("probe broke");
      verdict.give(Verdict.bad("the probe broke: " + e));
    } finally {
      permits.release();
      verdict.give(Verdict.bad("the probe ended without a verdict"));
    }
  }

  private void deliver(Consumer<ProbeResult> whenDone, ProbeResult result) {
    try {
      delivery.execute(() -> whenDone.accept(result));
    } catch (RejectedExecutionException e) {
      log.debug("a probe's result came after its owner had closed");
    }
  }

  /** Stops: probes that run are interrupted, commands are killed. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
