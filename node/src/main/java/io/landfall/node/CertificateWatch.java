package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.core.Timers;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.tls.TlsStore;
import io.landfall.node.ListenerCertificates.Loaded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Replaced as a whole, on the control thread. */
  private volatile List<WatchedListener> listeners;

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

  /**
   * The listeners of another config.
   *
   * @param listeners what the edge accepts clients with: one that was there already keeps the store
   *     of its certificates, and so the keys of its tickets and what it has counted
   * @param watched those of them with TLS
   * @param loaded for each of these what its files have now
   */
  record Change(List<EdgeListener> listeners, List<WatchedListener> watched, List<Loaded> loaded) {}

  /**
   * What another config makes of the listeners that there are; nothing changes yet. Blocks: the
   * files of what is configured otherwise are read again, since those of a config that comes back
   * were read when it was put in force first.
   */
  Change change(NodeConfig config, EdgeSettings edge, Instant now) {
    List<WatchedListener> left = new ArrayList<>(listeners);
    List<EdgeListener> all = new ArrayList<>();
    List<WatchedListener> watched = new ArrayList<>();
    List<Loaded> loaded = new ArrayList<>();
    List<Listen> configured = config.edge().map(each -> each.listen()).orElse(List.of());
    for (int i = 0; i < configured.size(); i++) {
      Listen listen = configured.get(i);
      EdgeListener listener = edge.listeners().get(i);
      if (!(listener.tls().orElse(null) instanceof TlsStore of)) {
        all.add(listener);
        continue;
      }
      ListenerCertificates files = ListenerCertificates.of(config, i);
      Optional<WatchedListener> known =
          left.stream()
              .filter(each -> each.listen().address().equals(listen.address()))
              .findFirst();
      known.ifPresent(left::remove);
      TlsStore store = known.map(WatchedListener::store).orElse(of);
      all.add(listener.with(store));
      Loaded made = new Loaded(of.atStart(), of.tickets(), List.of());
      Optional<WatchedListener> same = known.filter(each -> each.isSame(listen, files));
      loaded.add(
          known.isEmpty() || same.isPresent()
              ? made
              : files.load(clock, new Findings(config), Optional.of(store.inForce())).orElse(made));
      watched.add(same.orElseGet(() -> new WatchedListener(config, listen, files, store, now)));
    }
    return new Change(all, watched, loaded);
  }

  /** Looks after these listeners from now on; on the control thread. */
  void apply(Change change) {
    List<WatchedListener> before = listeners;
    for (int i = 0; i < change.watched().size(); i++) {
      WatchedListener each = change.watched().get(i);
      if (before.contains(each)) {
        continue;
      }
      for (WatchedListener known : before) {
        if (known.store() == each.store()) {
          known.retire(change.loaded().get(i), each.hasTicketFile());
        }
      }
      if (!each.hasTicketFile()) {
        each.use(random.keys(), Instant.ofEpochMilli(clock.wallMillis()));
      }
    }
    // Last: who reads them finds the certificates of their configs.
    listeners = List.copyOf(change.watched());
  }

  /** Begins to look, on the control thread. */
  void start() {
    poll();
  }

  /** Looks no more. */
  void stop() {
    stopped = true;
  }

  private void poll() {
    if (stopped) {
      return;
    }
    if (!listeners.isEmpty()) {
      readers.execute(this::look);
    }
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
