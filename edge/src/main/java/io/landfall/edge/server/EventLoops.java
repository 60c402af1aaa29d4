package io.landfall.edge.server;

import io.landfall.edge.DecisionRecord;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.cache.EdgeCache;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.LoopTraffic;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** The event loops of one edge, each with its state. */
final class EventLoops {
  private final EdgeRuntime runtime;
  private final NettyTransport transport;
  private final EdgeCache cache;
  private final EventLoopGroup group;
  private final List<EventLoopState> states = new ArrayList<>();

  // Looked up only; its order cannot leak.
  private final Map<EventLoop, EventLoopState> byLoop = new ConcurrentHashMap<>();

  EventLoops(EdgeRuntime runtime, NettyTransport transport) {
    this(runtime, transport, EdgeCache.of(runtime.settings(), runtime.clock()));
  }

  /** Loops that share this cache, which ends with them. */
  EventLoops(EdgeRuntime runtime, NettyTransport transport, EdgeCache cache) {
    this.cache = cache;
    this.runtime = runtime;
    this.transport = transport;
    int count = runtime.settings().loops();
    group =
        new ClosingLoops(
            count,
            new DefaultThreadFactory("edge-" + runtime.settings().node(), true),
            transport.factory());
    for (EventExecutor executor : group) {
      EventLoop eventLoop = (EventLoop) executor;
      EventLoopState state = made(eventLoop);
      states.add(state);
      byLoop.put(eventLoop, state);
    }
  }

  /** The cache that they share. */
  EdgeCache cache() {
    return cache;
  }

  /**
   * Loops that close what is open on them also when they learn of their end while tasks run, as
   * {@code transport.SocketLoops} does, where the reason stands.
   */
  private static final class ClosingLoops extends MultiThreadIoEventLoopGroup {
    ClosingLoops(int threads, ThreadFactory threadFactory, IoHandlerFactory io) {
      super(threads, threadFactory, io);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... args) {
      return new SingleThreadIoEventLoop(this, executor, io) {
        @Override
        protected boolean confirmShutdown() {
          if (isShuttingDown()) {
            ioHandler().prepareToDestroy();
          }
          return super.confirmShutdown();
        }
      };
    }
  }

  EventLoopGroup group() {
    return group;
  }

  List<EventLoop> each() {
    List<EventLoop> loops = new ArrayList<>();
    for (EventLoopState state : states) {
      loops.add(state.eventLoop());
    }
    return loops;
  }

  /** The state of one of our loops; of a foreign one, made when it is first seen. */
  EventLoopState of(EventLoop eventLoop) {
    EventLoopState known = byLoop.get(eventLoop);
    return known != null ? known : byLoop.computeIfAbsent(eventLoop, this::made);
  }

  private EventLoopState made(EventLoop eventLoop) {
    return new EventLoopState(runtime, transport, eventLoop, cache.forLoop(eventLoop));
  }

  /** Runs something on every loop that has state. */
  void onEach(Consumer<EventLoopState> action) {
    for (EventLoopState state : byLoop.values()) {
      // The node may still report changes while the edge stops.
      if (!state.eventLoop().isShuttingDown()) {
        state.eventLoop().execute(() -> action.accept(state));
      }
    }
  }

  /**
   * Runs something on every loop that has state, and waits for that.
   *
   * @param mostMillis how long it waits for one of them
   */
  void onEachAndWait(Consumer<EventLoopState> action, long mostMillis) {
    List<Future<?>> running = new ArrayList<>();
    for (EventLoopState state : byLoop.values()) {
      if (!state.eventLoop().isShuttingDown()) {
        running.add(state.eventLoop().submit(() -> action.accept(state)));
      }
    }
    running.forEach(each -> each.awaitUninterruptibly(mostMillis));
  }

  /** What each loop has counted of requests. */
  List<LoopTraffic> traffic() {
    return byLoop.values().stream().map(state -> state.exchanges().traffic()).toList();
  }

  /** The newest first. */
  List<FinishedRequest> find(String id) {
    List<FinishedRequest> all = new ArrayList<>();
    for (EventLoopState state : byLoop.values()) {
      all.addAll(state.exchanges().find(id));
    }
    all.sort(
        Comparator.comparingLong((FinishedRequest each) -> each.times().endWallMillis())
            .reversed());
    return all;
  }

  List<DecisionRecord> recent() {
    List<DecisionRecord> all = new ArrayList<>();
    for (EventLoopState state : byLoop.values()) {
      all.addAll(state.exchanges().recent());
    }
    return all;
  }
}
