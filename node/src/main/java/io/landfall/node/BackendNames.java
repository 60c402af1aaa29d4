package io.landfall.node;

import io.landfall.core.ServiceName;
import io.landfall.node.HostLookup.Answer.Addresses;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the names of backends again and again, and gives {@link Backends} what they are now.
 *
 * <p>The system is asked, so its hosts file counts, and the time to live of a record is kept by the
 * resolver that the system has; the JVM's own cache is switched off by {@link NodeMain}. On the
 * control thread but for the lookups, which have a virtual thread each.
 */
final class BackendNames {
  /** How often each name is resolved. */
  static final long EVERY_MILLIS = 5_000;

  /** How long a start waits for names; what has not come by then comes later. */
  static final long START_MILLIS = 2_000;

  /** The most names that are asked for at a time: each holds a thread and a descriptor or two. */
  static final int LOOKUPS_AT_ONCE = 48;

  /**
   * The same for names that the resolver did not answer the last time: they wait for one another,
   * and not the others for them.
   */
  static final int UNANSWERED_AT_ONCE = 16;

  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private final Backends backends;
  private final HostLookup lookup;
  private final ControlLoop control;
  private final Executor background;
  private final Consumer<Set<ServiceName>> moved;
  private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);
  private final Semaphore unansweredLookups = new Semaphore(UNANSWERED_AT_ONCE);
  private final Set<String> asked = new HashSet<>();
  private final Set<String> unanswered = new HashSet<>();
  private boolean stopped;

  /**
   * Nothing is resolved yet.
   *
   * @param background where lookups wait
   * @param moved takes the services of which a backend is elsewhere now, or nowhere
   */
  BackendNames(
      Backends backends,
      HostLookup lookup,
      ControlLoop control,
      Executor background,
      Consumer<Set<ServiceName>> moved) {
    this.backends = backends;
    this.lookup = lookup;
    this.control = control;
    this.background = background;
    this.moved = moved;
  }

  /** Resolves names once, all at the same time; those that resolve within the time of a start. */
  static Map<String, List<InetAddress>> resolve(Set<String> names, HostLookup lookup) {
    Map<String, List<InetAddress>> found = new ConcurrentHashMap<>();
    CountDownLatch left = new CountDownLatch(names.size());
    Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);
    for (String name : names) {
      Thread.ofVirtual()
          .name("lookup-" + name)
          .start(
              () -> {
                if (bounded(lookups, lookup, name) instanceof Addresses(List<InetAddress> some)
                    && !some.isEmpty()) {
                  found.put(name, some);
                }
                left.countDown();
              });
    }
    try {
      boolean _ = left.await(START_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.copyOf(found);
  }

  private static HostLookup.Answer bounded(Semaphore lookups, HostLookup lookup, String name) {
    lookups.acquireUninterruptibly();
    try {
      return lookup.lookUp(name);
    } finally {
      lookups.release();
    }
  }

  /** Begins. */
  void start() {
    // Also without a name: another config may bring one.
    again();
  }

  /** Resolves no more. */
  void stop() {
    stopped = true;
  }

  private void again() {
    if (stopped) {
      return;
    }
    for (String name : backends.names()) {
      // A resolver that is slow is not asked twice.
      if (asked.add(name)) {
        Semaphore gate = unanswered.contains(name) ? unansweredLookups : lookups;
        background.execute(
            () -> {
              HostLookup.Answer answer = bounded(gate, lookup, name);
              control.execute(() -> answered(name, answer));
            });
      }
    }
    control.schedule(TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS), this::again);
  }

  private void answered(String name, HostLookup.Answer answer) {
    asked.remove(name);
    if (stopped) {
      return;
    }
    switch (answer) {
      case Addresses(List<InetAddress> found) -> {
        unanswered.remove(name);
        resolved(name, found);
      }
      case HostLookup.Answer.NoAnswer(String why) -> {
        // Probes find out whether what it was is still there.
        if (unanswered.add(name)) {
          log.atWarn()
              .addKeyValue("host", name)
              .addKeyValue("why", why)
              .log("no answer about a backend's name; it stays where it was");
        }
      }
    }
  }

  private void resolved(String name, List<InetAddress> found) {
    Set<ServiceName> changed = backends.answered(name, found, control.monotonicNanos());
    if (!changed.isEmpty()) {
      log.atInfo()
          .addKeyValue("host", name)
          .addKeyValue("services", changed)
          .addKeyValue("addresses", found)
          .log(found.isEmpty() ? "backend's name does not resolve" : "backend's name resolved");
      moved.accept(changed);
    }
  }
}
