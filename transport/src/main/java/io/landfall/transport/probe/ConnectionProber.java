package io.landfall.transport.probe;

import io.landfall.core.DeadlineQueue;
import io.landfall.transport.Sockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes that connect, all on one event loop of its own: no thread for each, one deadline
 * queue, and one timer for it.
 *
 * <p>A connection is kept from one probe to the next of the same backend where both sides agree. If
 * a kept one turns out to be closed, the probe goes on over a new one, within the same timeout. A
 * host's name is resolved for each new connection, off the loop.
 *
 * <p>A probe takes a place among {@link ProbeRunner#MAX_RUNNING} until its verdict, as it does for
 * its owner. What is left of its response is read beside them until its timeout.
 *
 * <p>A timeout that is found {@link #LATE_NANOS} late waits until the loop has looked at its
 * sockets once more: the thread was busy or stood still, and an answer may have arrived meanwhile.
 */
final class ConnectionProber {
  /** A timer is usually late by a tenth of this. */
  private static final long LATE_NANOS = 1_000_000L;

  private static final int RECEIVE_BYTES = 2048;

  private static final Logger log = LoggerFactory.getLogger(ConnectionProber.class);

  private final EventLoopGroup loops = Sockets.loops(1, "landfall-probe");
  private final EventLoop loop = loops.next();
  private final ChannelFactory<? extends Channel> channels = Sockets.clientChannels(loops);
  private final FixedRecvByteBufAllocator receive = new FixedRecvByteBufAllocator(RECEIVE_BYTES);
  private final Executor background;
  private final ResponseReader.Factory readers;
  private final ResultBatches results;
  private final ProbeTls tls;

  /** From any thread to the loop; as long as its owner makes it. */
  private final Queue<ProbeRun> ordered = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean woken = new AtomicBoolean();

  private final Deque<ProbeRun> waiting = new ArrayDeque<>();
  private final DeadlineQueue<ProbeRun> deadlines = new DeadlineQueue<>();

  /** Probes that were started and have no verdict. */
  private int running;

  private boolean starting;
  private int kept;
  private boolean closed;

  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;
  private boolean lookedAgain;

  /**
   * A prober on which no probe runs.
   *
   * @param delivery gets the results
   * @param background where names are resolved and TLS computes
   */
  ConnectionProber(Executor delivery, Executor background, ResponseReader.Factory readers) {
    this.background = background;
    this.readers = readers;
    this.results = new ResultBatches(loop, delivery);
    this.tls = new ProbeTls(background);
  }

  ResponseReader reader() {
    return readers.reader();
  }

  /** Orders a probe; any thread. */
  void start(ProbeRun run) {
    ordered.add(run);
    if (woken.compareAndSet(false, true)) {
      try {
        loop.execute(this::takeOrdered);
      } catch (RejectedExecutionException e) {
        log.debug("probe of {} not started: the runner is closed", run.target().plan());
      }
    }
  }

  private void takeOrdered() {
    woken.set(false);
    for (ProbeRun run = ordered.poll(); run != null; run = ordered.poll()) {
      waiting.add(run);
    }
    startWaiting();
  }

  private void startWaiting() {
    if (starting) {
      return; // One that failed as it was started: the loop below goes on with the next.
    }
    starting = true;
    try {
      while (running < ProbeRunner.MAX_RUNNING && !closed && !waiting.isEmpty()) {
        startNow(waiting.remove());
      }
    } finally {
      starting = false;
    }
  }

  private void startNow(ProbeRun run) {
    running++;
    long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(run.target().plan().timeoutMillis());
    deadlines.set(run.deadline(), OptionalLong.of(System.nanoTime() + timeoutNanos));
    arm();
    begin(run);
  }

  private void begin(ProbeRun run) {
    ProbeConnection open = run.target().kept();
    if (open != null) {
      run.target().kept(null);
      kept--;
      if (run.use() == ConnectionUse.KEPT_IF_OPEN && open.isOpen()) {
        open.carry(run);
        return;
      }
      open.abandon();
    }
    connect(run);
  }

  /** Makes a new connection for a probe. */
  void connect(ProbeRun run) {
    if (closed || run.isOver()) {
      return;
    }
    run.connection(null);
    run.doing("connecting");
    InetSocketAddress address = run.target().address();
    if (address != null) {
      connect(run, address);
      return;
    }
    ProbePlan plan = run.target().plan();
    inBackground(
        () -> {
          InetAddress found;
          try {
            found = InetAddress.getByName(plan.host());
          } catch (UnknownHostException e) {
            onLoop(() -> fail(run, "connect: the host " + plan.host() + " does not resolve"));
            return;
          }
          onLoop(() -> connect(run, new InetSocketAddress(found, plan.port())));
        });
  }

  private void connect(ProbeRun run, InetSocketAddress address) {
    if (closed || run.isOver()) {
      return;
    }
    ProbePlan plan = run.target().plan();
    SslHandler secure;
    Channel channel;
    try {
      secure = tls.handler(plan);
      channel = channels.newChannel();
    } catch (TlsUnusable e) {
      fail(run, e.why());
      return;
    } catch (RuntimeException e) {
      fail(run, "connect", e);
      return;
    }
    channel.config().setConnectTimeoutMillis(0); // A probe has one deadline for all.
    channel.config().setRecvByteBufAllocator(receive);
    ProbeConnection connection = new ProbeConnection(this, run, channel, secure != null);
    run.connection(connection);
    channel.pipeline().addLast(connection);
    if (secure != null) {
      connection.secure(secure);
    }
    plan.preface().ifPresent(bytes -> channel.pipeline().addFirst(new ProbePreface(bytes)));
    loop.register(channel);
    ChannelFuture connecting = channel.connect(address);
    if (!connecting.isSuccess()) {
      connecting.addListener(
          done -> {
            if (!done.isSuccess()) {
              connection.failed("connect", done.cause());
              connection.closed();
            }
          });
    }
  }

  private void inBackground(Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the runner is closed");
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the runner is closed");
    }
  }

  private void fail(ProbeRun run, String why) {
    if (!run.isOver()) {
      judge(run, Verdict.bad(why));
      over(run);
    }
  }

  private void fail(ProbeRun run, String where, Throwable cause) {
    if (!run.isOver()) {
      judge(run, Reasons.verdict(where, cause));
      over(run);
    }
  }

  /** Gives the verdict of a probe, once. */
  void judge(ProbeRun run, Verdict verdict) {
    if (run.isJudged()) {
      return;
    }
    run.judged();
    running--;
    if (!closed) {
      results.add(run.whenDone(), verdict.seenNow(), running == 0 && waiting.isEmpty());
    }
    startWaiting();
  }

  /** Nothing of a probe is left to do. */
  void over(ProbeRun run) {
    if (run.isOver()) {
      return;
    }
    run.over();
    judge(run, Verdict.bad("the probe ended without a verdict"));
    deadlines.set(run.deadline(), OptionalLong.empty());
  }

  /** A connection is idle: it is kept, or closed if there are enough. */
  void keep(ProbeTarget target, ProbeConnection connection) {
    if (closed || kept >= ProbeRunner.MAX_KEPT || target.kept() != null || target.isReleased()) {
      connection.abandon();
      return;
    }
    kept++;
    target.kept(connection);
  }

  /** Nothing is kept to this backend any more; any thread. */
  void release(ProbeTarget target) {
    onLoop(
        () -> {
          target.release();
          ProbeConnection open = target.kept();
          if (open != null) {
            forget(target, open);
            open.abandon();
          }
        });
  }

  /** A connection that carried nothing was closed. */
  void forget(ProbeTarget target, ProbeConnection connection) {
    if (target.kept() == connection) {
      target.kept(null);
      kept--;
    }
  }

  // ---- timeouts ----

  private void arm() {
    OptionalLong first = deadlines.firstNanos();
    if (first.isEmpty()) {
      return; // The timer finds nothing due.
    }
    if (timer != null) {
      if (first.getAsLong() - timerNanos >= 0) {
        return; // It comes early, and is set anew.
      }
      timer.cancel(false);
    }
    set(first.getAsLong());
  }

  private void set(long nanos) {
    timerNanos = nanos;
    long delay = Math.max(0, nanos - System.nanoTime());
    timer = loop.schedule(this::onTimer, delay, TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    long now = System.nanoTime();
    OptionalLong first = deadlines.firstNanos();
    if (first.isPresent() && now - first.getAsLong() >= LATE_NANOS && !lookedAgain) {
      // The loop takes what is due once in a round, after its sockets: so not in this round.
      lookedAgain = true;
      set(now);
      return;
    }
    lookedAgain = false;
    for (ProbeRun late : deadlines.takeDue(now)) {
      ProbeConnection connection = late.connection();
      judge(
          late,
          Verdict.bad(
              late.doing() + " took longer than " + late.target().plan().timeoutMillis() + " ms"));
      over(late);
      if (connection != null) {
        connection.abandon();
      }
    }
    arm();
  }

  /** Stops: nothing is started or delivered any more, and connections are closed. */
  void close() {
    onLoop(
        () -> {
          closed = true;
          waiting.clear();
        });
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
