package io.landfall.node;

import io.landfall.core.FailureText;
import io.landfall.core.Timers;
import io.landfall.transport.OwnerLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns overlay, ingress, signal and trust.
 *
 * <p>It is an event loop, so that a BGP stream can be registered on it and its bytes reach the
 * session without a hand-off. Everything else comes in through {@link #execute}. A task that throws
 * has broken an invariant: it is logged with its trace, and the owner is told, who ends the
 * process, because a restart is cheaper than a control plane in an unknown state.
 */
public final class ControlLoop implements OwnerLoop, Timers {
  private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);

  private static final long SHUTDOWN_MILLIS = 4_000;

  /** A timer is usually late by a tenth of this. */
  static final long LATE_NANOS = 1_000_000L;

  private final EventLoop loop;
  private final Runnable onBroken;
  private final ControlSteps steps = new ControlSteps();
  private final ControlQueue queue;
  private volatile boolean stopping;

  /** Whether a task runs, of which another may be a part; on the control thread only. */
  private boolean busy;

  /**
   * A control loop on an event loop that runs nothing else.
   *
   * @param onBroken called after a task threw
   */
  public ControlLoop(EventLoop loop, Runnable onBroken) {
    this.loop = loop;
    this.queue = new ControlQueue(loop);
    this.onBroken = onBroken;
  }

  /** The event loop, for registering BGP streams. */
  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  /**
   * Runs a task on the control thread after what was handed over before it, in slices: timers and
   * the loop's own streams do not wait until everything is done ({@link ControlQueue}).
   */
  @Override
  public void execute(Runnable task) {
    queue.add(() -> guarded(task));
  }

  /**
   * Runs a task at once when this is the control thread already, and queues it otherwise. For what
   * comes from a stream on the control loop itself, where a trip through the queue is only delay.
   */
  @Override
  public void hereOrLater(Runnable task) {
    if (loop.inEventLoop()) {
      guarded(task);
    } else {
      execute(task);
    }
  }

  /** Runs a question on the control thread and hands its answer to the caller that waits. */
  public <T> CompletableFuture<T> ask(Callable<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    queue.add(() -> answer(question, answer));
    return answer;
  }

  /**
   * Asks a question and waits. One that has not begun in time is never asked: nothing is done after
   * its caller has got an error for it. One that has begun is waited for as long again.
   *
   * @throws TimeoutException when there is no answer in time
   */
  <T> T askWithin(long millis, Callable<T> question)
      throws ExecutionException, InterruptedException, TimeoutException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    AtomicBoolean decided = new AtomicBoolean();
    queue.add(
        () -> {
          if (decided.compareAndSet(false, true)) {
            answer(question, answer);
          }
        });
    try {
      return answer.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (decided.compareAndSet(false, true)) {
        throw e;
      }
      return answer.get(millis, TimeUnit.MILLISECONDS);
    }
  }

  private <T> void answer(Callable<T> question, CompletableFuture<T> answer) {
    timed(
        () -> {
          try {
            answer.complete(question.call());
          } catch (Exception e) {
            log.error("control question failed", e);
            answer.completeExceptionally(e);
          }
        });
  }

  /** How long tasks took, those that began inside another counted with that one. */
  ControlSteps steps() {
    return steps;
  }

  /** How many tasks of other threads wait for this one; any thread. */
  int waiting() {
    return queue.size();
  }

  private void timed(Runnable task) {
    if (busy) {
      task.run();
      return;
    }
    busy = true;
    long began = System.nanoTime();
    try {
      task.run();
    } finally {
      busy = false;
      steps.took(System.nanoTime() - began);
    }
  }

  /**
   * As {@link Timers} has it. A task that is due {@link #LATE_NANOS} ago or longer waits until the
   * loop has looked at its streams once more: the thread was busy or stood still, and what arrived
   * meanwhile is read before anyone is taken for silent. For the same reason it runs after what
   * other threads had handed over when it was due.
   */
  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    Timer timer = new Timer(task, delayNanos, false);
    timer.start(delayNanos);
    return timer;
  }

  /**
   * The same for who depends on nothing that other threads hand over: it does not wait for that.
   */
  public Cancellable scheduleAhead(long delayNanos, Runnable task) {
    Timer timer = new Timer(task, delayNanos, true);
    timer.start(delayNanos);
    return timer;
  }

  /** A task that is not run twice, nor after it was cancelled. */
  private final class Timer implements Cancellable {
    private final Runnable task;
    private final long dueNanos;
    private final boolean ahead;
    private volatile @Nullable ScheduledFuture<?> future;
    private volatile boolean cancelled;

    Timer(Runnable task, long delayNanos, boolean ahead) {
      this.task = task;
      this.dueNanos = monotonicNanos() + Math.max(0, delayNanos);
      this.ahead = ahead;
    }

    void start(long delayNanos) {
      future = loop.schedule(this::due, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    }

    private void due() {
      if (monotonicNanos() - dueNanos < LATE_NANOS) {
        inTurn();
      } else if (!cancelled) {
        // The loop takes what is due once in a round, after its streams: so not in this round.
        future = loop.schedule(this::inTurn, 0, TimeUnit.NANOSECONDS);
      }
    }

    private void inTurn() {
      if (ahead) {
        run();
      } else if (!cancelled) {
        queue.add(this::run);
      }
    }

    private void run() {
      if (!cancelled) {
        guarded(task);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      ScheduledFuture<?> running = future;
      if (running != null) {
        running.cancel(false);
      }
    }
  }

  /**
   * The event loops of streams end from now on. A task that still wants something of a stream there
   * is too late, and nothing is broken.
   */
  void stopping() {
    stopping = true;
  }

  private void guarded(Runnable task) {
    try {
      timed(task);
    } catch (RejectedExecutionException e) {
      if (!stopping) {
        broken(e);
      }
    } catch (RuntimeException | Error e) {
      broken(e);
    }
  }

  private void broken(Throwable cause) {
    log.error("control task failed; the state may be inconsistent", cause);
    onBroken.run();
  }

  /** Waits for a step of the shutdown, off the control thread, and not for long. */
  static void waitFor(CompletableFuture<?> future) {
    waitFor(future, 0);
  }

  /** The same for a step that takes this many milliseconds in any case. */
  static void waitFor(CompletableFuture<?> future, long millis) {
    try {
      future.get(millis + SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.atWarn().addKeyValue("why", FailureText.of(e)).log("shutdown step did not finish");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
