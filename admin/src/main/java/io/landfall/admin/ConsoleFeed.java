package io.landfall.admin;

import io.landfall.admin.json.JsonValue;
import io.landfall.admin.model.ConsoleView;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest events of a node for all its consoles: one watch of {@code monitor}, which begins when
 * a console asks and ends when none has asked for a while. Without a console events cost nothing.
 */
final class ConsoleFeed implements AutoCloseable {
  /** How many events are kept. */
  static final int MAX_EVENTS = 200;

  /** For how long events are kept while no console asks. */
  static final long IDLE_MILLIS = 10 * 60_000;

  private static final long LOOK_MILLIS = 5_000;

  private final RoutingBackend backend;
  private final long idleNanos;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as are the fields below. */
  private final Deque<Numbered> kept = new ArrayDeque<>();

  private Optional<MonitorWatch> watch = Optional.empty();
  private Optional<Instant> since = Optional.empty();
  private long numbered;
  private long askedNanos;

  /** The feed of one node, which watches nothing yet. */
  ConsoleFeed(RoutingBackend backend) {
    this(backend, IDLE_MILLIS);
  }

  ConsoleFeed(RoutingBackend backend, long idleMillis) {
    this.backend = backend;
    this.idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
  }

  private record Numbered(long number, MonitorEvent event) {}

  /** Since when events are kept, once they are; begins to keep them. */
  Optional<Instant> since() {
    lock.lock();
    try {
      askedNanos = System.nanoTime();
      if (watch.isPresent()) {
        return since;
      }
    } finally {
      lock.unlock();
    }
    // The control thread is waited for, so not with the lock.
    Optional<MonitorWatch> begun =
        backend.watch(new MonitorFilter(Optional.empty(), Optional.empty()));
    lock.lock();
    try {
      if (watch.isPresent()) {
        begun.ifPresent(MonitorWatch::close);
        return since;
      }
      watch = begun;
      since = begun.map(each -> Instant.now());
    } finally {
      lock.unlock();
    }
    begun.ifPresent(
        each -> Thread.ofVirtual().name("console-events").start(() -> keepWhileAsked(each)));
    return since;
  }

  /** The events that are kept, oldest first. */
  List<ConsoleView.Event> events() {
    List<Numbered> copy;
    lock.lock();
    try {
      copy = new ArrayList<>(kept);
    } finally {
      lock.unlock();
    }
    return copy.stream().map(ConsoleFeed::inWords).toList();
  }

  private static ConsoleView.Event inWords(Numbered each) {
    MonitorEvent event = each.event();
    if (event.type().equals("lost")) {
      return new ConsoleView.Event(each.number(), event.time(), "lost", "", "", "", event.why());
    }
    JsonValue json = JsonValue.parse(event.toLine());
    return new ConsoleView.Event(
        each.number(),
        event.time(),
        event.type(),
        EventWords.what(json),
        EventWords.change(json),
        event.cause(),
        event.why());
  }

  private void keepWhileAsked(MonitorWatch own) {
    try (own) {
      while (!own.isClosed() && isAsked()) {
        own.takeEvent(Math.min(LOOK_MILLIS, TimeUnit.NANOSECONDS.toMillis(idleNanos)))
            .filter(event -> !event.type().equals("watching"))
            .ifPresent(this::keep);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      forget();
    }
  }

  private boolean isAsked() {
    lock.lock();
    try {
      return System.nanoTime() - askedNanos < idleNanos;
    } finally {
      lock.unlock();
    }
  }

  private void keep(MonitorEvent event) {
    lock.lock();
    try {
      numbered++;
      kept.addLast(new Numbered(numbered, event));
      if (kept.size() > MAX_EVENTS) {
        kept.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget() {
    lock.lock();
    try {
      kept.clear();
      watch = Optional.empty();
      since = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the watch. */
  @Override
  public void close() {
    Optional<MonitorWatch> own;
    lock.lock();
    try {
      own = watch;
    } finally {
      lock.unlock();
    }
    own.ifPresent(MonitorWatch::close);
  }
}
