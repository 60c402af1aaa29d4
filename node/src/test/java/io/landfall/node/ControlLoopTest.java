package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlLoopTest {
  private static final int MANY = 200;

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final AtomicInteger broken = new AtomicInteger();
  private final ControlLoop control = new ControlLoop(loop, broken::incrementAndGet);

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private void run(Runnable task) {
    control.execute(task);
    control.ask(() -> "after it").join();
  }

  @Test
  void aTaskThatThrowsHasBrokenAnInvariant() {
    run(
        () -> {
          throw new IllegalStateException("never");
        });
    assertThat(broken).hasValue(1);
  }

  @Test
  void whatWaitsForTheThreadIsCounted() {
    CompletableFuture<String> busy = new CompletableFuture<>();
    CompletableFuture<String> over = new CompletableFuture<>();
    control.execute(
        () -> {
          busy.complete("");
          over.join();
        });
    busy.join();
    assertThat(control.waiting()).isZero();
    for (int i = 0; i < MANY; i++) {
      control.execute(() -> {});
    }
    assertThat(control.waiting()).isEqualTo(MANY);
    over.complete("");
    assertThat(control.ask(control::waiting).join()).as("when all of it was done").isZero();
  }

  @Test
  void stepsAreCountedOnceHoweverDeepTheyAreNested() {
    AtomicInteger ran = new AtomicInteger();
    run(() -> control.hereOrLater(() -> control.hereOrLater(ran::incrementAndGet)));
    control.ask(ran::incrementAndGet).join();
    // The question of this very moment may or may not be over when its answer is here.
    long counted = control.ask(() -> Arrays.stream(control.steps().counts()).sum()).join();
    assertThat(ran).hasValue(2);
    assertThat(counted).as("a task and two questions").isEqualTo(3);
    assertThat(control.steps().longestSeconds()).isPositive();
    assertThat(control.steps().sumSeconds())
        .isGreaterThanOrEqualTo(control.steps().longestSeconds());
    assertThat(control.steps().counts()).hasSize(control.steps().upperBoundsSeconds().length + 1);
  }

  @Test
  void aStepFallsIntoTheBucketOfItsBound() {
    ControlSteps steps = new ControlSteps();
    steps.took(TimeUnit.MICROSECONDS.toNanos(100));
    steps.took(TimeUnit.MICROSECONDS.toNanos(101));
    steps.took(TimeUnit.MILLISECONDS.toNanos(10));
    steps.took(TimeUnit.SECONDS.toNanos(2));
    assertThat(steps.counts()).containsExactly(1, 1, 0, 1, 0, 0, 0, 1);
    assertThat(steps.longestSeconds()).isEqualTo(2);
  }

  /** A stream's last bytes may still ask for more when its loop has ended. */
  @Test
  void whoComesTooLateForALoopThatHasEndedBrokeNothingOnceTheNodeStops() {
    Runnable late =
        () -> {
          throw new RejectedExecutionException("event executor terminated");
        };
    run(late);
    assertThat(broken).as("while the node runs, every loop is there").hasValue(1);
    control.stopping();
    run(late);
    assertThat(broken).hasValue(1);
    run(
        () -> {
          throw new IllegalStateException("never");
        });
    assertThat(broken).as("anything else is as bad as before").hasValue(2);
  }

  @Test
  void onlyWhoAsksForItIsAheadOfWhatOthersHandOver() throws Exception {
    EventLoopGroup loops = Sockets.loops(1, "test-control");
    try {
      ControlLoop own = new ControlLoop(loops.next(), broken::incrementAndGet);
      List<String> order = new ArrayList<>();
      CompletableFuture<Void> queued = new CompletableFuture<>();
      own.execute(queued::join);
      for (int i = 0; i < MANY; i++) {
        own.execute(
            () -> {
              order.add("task");
              spin(own, ControlQueue.SLICE_NANOS / 4);
            });
      }
      own.schedule(0, () -> order.add("usual"));
      own.scheduleAhead(0, () -> order.add("ahead"));
      queued.complete(null);
      own.ask(() -> "after the tasks").join();
      own.ask(() -> "after the timers").join();
      assertThat(order).as("nothing lost").hasSize(MANY + 2);
      assertThat(order.indexOf("ahead")).as("tasks before the timer").isLessThan(MANY / 4);
      assertThat(order.indexOf("usual")).as("what may show that a peer lives").isGreaterThan(MANY);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatWasHandedOverIsDoneWhenTheLoopEnds() {
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < MANY; i++) {
      control.execute(
          () -> {
            spin(control, ControlQueue.SLICE_NANOS / 4);
            done.incrementAndGet();
          });
    }
    loop.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
    loop.terminationFuture().syncUninterruptibly();
    assertThat(done).hasValue(MANY);
    assertThatThrownBy(() -> control.execute(done::incrementAndGet))
        .isInstanceOf(RejectedExecutionException.class);
  }

  private static void spin(ControlLoop own, long nanos) {
    long until = own.monotonicNanos() + nanos;
    while (own.monotonicNanos() - until < 0) {
      Thread.onSpinWait();
    }
  }

  /**
   * A handler keeps the loop busy beyond a timer, and meanwhile a datagram arrives on another
   * socket of the loop.
   */
  @Test
  void aTimerThatIsLateWaitsUntilWhatHasArrivedWasRead() throws Exception {
    EventLoopGroup loops = Sockets.loops(1, "test-control");
    try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      ControlLoop own = new ControlLoop(loops.next(), broken::incrementAndGet);
      BlockingQueue<String> order = new LinkedBlockingQueue<>();
      InetSocketAddress quiet = bind(own, packet -> order.add("read"));
      InetSocketAddress busy =
          bind(
              own,
              packet -> {
                own.schedule(TimeUnit.MILLISECONDS.toNanos(1), () -> order.add("timer"));
                send(peer, quiet);
                spin(own, 20 * ControlLoop.LATE_NANOS);
              });
      send(peer, busy);
      assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("read");
      assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("timer");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static InetSocketAddress bind(ControlLoop own, Consumer<DatagramPacket> received) {
    Channel channel =
        new Bootstrap()
            .group(own.eventLoop())
            .channelFactory(
                () ->
                    Sockets.isEpoll(own.eventLoop())
                        ? new EpollDatagramChannel()
                        : new NioDatagramChannel())
            .handler(
                new SimpleChannelInboundHandler<DatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext context, DatagramPacket packet) {
                    received.accept(packet);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    return (InetSocketAddress) channel.localAddress();
  }

  private static void send(DatagramSocket from, InetSocketAddress to) {
    try {
      from.send(new java.net.DatagramPacket(new byte[1], 1, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aTimerThatWasCancelledDoesNotRunHoweverLateItIs() {
    AtomicInteger ran = new AtomicInteger();
    run(
        () -> {
          var timer = control.schedule(0, ran::incrementAndGet);
          var other = control.schedule(0, ran::incrementAndGet);
          other.cancel();
          timer.cancel();
        });
    run(() -> {});
    assertThat(ran).hasValue(0);
  }

  /** The other threads of a process that stood still hand over what they received meanwhile. */
  @Test
  void aDeadlineThatIsFoundAfterAPauseWaitsForTheOtherThreadsOnce() {
    AtomicLong resumed = new AtomicLong();
    CompletableFuture<Long> dueAt = new CompletableFuture<>();
    control.execute(
        () -> {
          ControlTimer timer =
              new ControlTimer(
                  control,
                  control,
                  () -> dueAt.complete(control.monotonicNanos()),
                  ControlTimer.GRACE_NANOS);
          long now = control.monotonicNanos();
          timer.arm(OptionalLong.of(now));
          while (control.monotonicNanos() - now <= ControlTimer.PAUSE_NANOS) {
            Thread.onSpinWait();
          }
          resumed.set(control.monotonicNanos());
          // What is handed over meanwhile arms it anew, which does not make it earlier.
          control.schedule(1, () -> control.schedule(1, () -> timer.arm(OptionalLong.of(now + 1))));
        });
    assertThat(dueAt.join() - resumed.get()).isGreaterThanOrEqualTo(ControlTimer.GRACE_NANOS);
  }
}
