package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.core.Timers;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.tls.TlsStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the certificates and the keys of session tickets of the TLS listeners those that are on
 * disk, and makes random keys of tickets where the config names no file.
 *
 * <p>Every {@link #POLL_MILLIS} all their files are looked at, and read when they have changed and
 * two looks in a row have found the same: so a file that is being written is not taken for the
 * whole, and a certificate is not read without the key that follows it a moment later. The
 * certificates of a listener are replaced together, or stay as they are; {@link #reload} reads at
 * once.
 *
 * <p>The files are read on virtual threads, by one at a time; what is found is put in force by one
 * write, which event loops read.
 */
final class CertificateWatch {
  /** How often files are looked at; a change is in force after two looks. */
  static final long POLL_MILLIS = 2_000;

  /** How long a reload waits for another one, or for the disk. */
  private static final long RELOAD_MILLIS = 4_000;

  private final Clock clock;
  private final Executor readers;
  private final Timers timers;
  private final List<WatchedListener> listeners;
  private final TicketRotation random;

  /** Held by whoever looks at files. */
  private final ReentrantLock looking = new ReentrantLock();

  private volatile boolean stopped;

  /**
   * A watch over some listeners.
   *
   * @param readers what files are read on
   * @param timers when to look again
   */
  CertificateWatch(Clock clock, Executor readers, Timers timers, List<WatchedListener> listeners) {
    this.clock = clock;
    this.readers = readers;
    this.timers = timers;
    this.listeners = List.copyOf(listeners);
    this.random = new TicketRotation(clock);
    useRandomTickets();
  }

  private void useRandomTickets() {
    for (WatchedListener listener : listeners) {
      if (!listener.hasTicketFile()) {
        listener.use(random.keys(), Instant.ofEpochMilli(clock.wallMillis()));
      }
    }
  }

  /**
   * A watch over the files of all TLS listeners of a config.
   *
   * @param edge what was made of that config
   */
  static CertificateWatch of(
      NodeConfig config, EdgeSettings edge, ControlLoop control, Executor readers) {
    List<WatchedListener> watched = new ArrayList<>();
    List<Listen> configured = config.edge().map(all -> all.listen()).orElse(List.of());
    for (int i = 0; i < configured.size(); i++) {
      if (edge.listeners().get(i).tls().orElse(null) instanceof TlsStore store) {
        watched.add(
            new WatchedListener(
                config,
                configured.get(i),
                ListenerCertificates.of(config, i),
                store,
                Instant.ofEpochMilli(control.wallMillis())));
      }
    }
    return new CertificateWatch(control, readers, control, watched);
  }

  /** Begins to look, on the control thread. */
  void start() {
    if (!listeners.isEmpty()) {
      poll();
    }
  }

  /** Looks no more. */
  void stop() {
    stopped = true;
  }

  private void poll() {
    if (stopped) {
      return;
    }
    readers.execute(this::look);
    timers.schedule(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS), this::poll);
  }

  /** One look at all files; none while another one is under way. */
  void look() {
    if (looking.tryLock()) {
      try {
        for (WatchedListener listener : listeners) {
          listener.look(clock);
        }
        if (random.rotate()) {
          useRandomTickets();
        }
      } finally {
        looking.unlock();
      }
    }
  }

  /** The listeners, each with what is in force. */
  List<WatchedListener> listeners() {
    return listeners;
  }

  /** Whether there are files to watch. */
  boolean isEmpty() {
    return listeners.isEmpty();
  }

  /**
   * Reads all files now, and puts in force what is good. Blocks; on any thread but the control
   * thread.
   *
   * @return what is in force now, or the problem with its file
   */
  CommandResult reload() {
    boolean mine = false;
    try {
      mine = looking.tryLock(RELOAD_MILLIS, TimeUnit.MILLISECONDS);
      if (!mine) {
        return new CommandResult.Conflict(
            "the files of certificates could not be read within " + RELOAD_MILLIS + " ms");
      }
      List<String> problems = new ArrayList<>();
      int certificates = 0;
      for (WatchedListener listener : listeners) {
        listener.readAll(clock);
        listener.state().problem().ifPresent(problems::add);
        certificates += listener.store().inForce().identities().size();
      }
      return problems.isEmpty()
          ? new CommandResult.Done("certificates: " + certificates + " in force")
          : new CommandResult.Conflict(
              String.join("; ", problems) + "; the certificates before stay in force");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandResult.Conflict("interrupted; the certificates may be those before");
    } finally {
      if (mine) {
        looking.unlock();
      }
    }
  }
}
