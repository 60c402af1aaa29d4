package io.landfall.node;

import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.ListenTlsConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.core.SocketText;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import io.landfall.node.ListenerCertificates.Loaded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of one TLS listener, and their files. Only one thread at a time looks; what is
 * in force is read by any.
 */
final class WatchedListener {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /**
   * How often responses of OCSP are verified again, which run out, and files that could not be put
   * in force are read again: what hinders it need not show in their stamps (rights, a disk).
   */
  static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final NodeConfig config;
  private final Listen listen;
  private final ListenerCertificates certificates;
  private final TlsStore store;
  private final ExpiryWarnings warnings = new ExpiryWarnings();

  /** How the files were when they were read last; empty before that. */
  private List<FileStamp> judged = List.of();

  private volatile List<Staple> staples = List.of();
  private long stapledNanos;

  /** Whether another one watches the listener now. Guarded by the store. */
  private boolean retired;

  /** How the last look found them. */
  private List<FileStamp> seen = List.of();

  /** What the last look failed with, by a fault of this program; empty if it did not. */
  private volatile Optional<String> failure = Optional.empty();

  private volatile Instant ticketsSince;
  private volatile State state = new State(Optional.empty(), Optional.empty(), 0, 0);

  /**
   * What became of the files.
   *
   * @param problem why they are not in force as they are now; empty when they are
   * @param changed when others were put in force last; empty when those of the start are
   * @param applied how often changed files were put in force
   * @param refused how often they were not
   */
  record State(Optional<String> problem, Optional<Instant> changed, long applied, long refused) {}

  /**
   * Those of a listener.
   *
   * @param store what was made of its files
   * @param made when that was
   */
  WatchedListener(
      NodeConfig config,
      Listen listen,
      ListenerCertificates certificates,
      TlsStore store,
      Instant made) {
    this.config = config;
    this.listen = listen;
    this.certificates = certificates;
    this.store = store;
    this.ticketsSince = made;
  }

  /**
   * The listener is configured otherwise: its certificates are these from now on, and another one
   * looks after their files.
   *
   * @param loaded what the files of the other config have
   * @param ticketsOfFile whether the keys of tickets are among them
   */
  void retire(Loaded loaded, boolean ticketsOfFile) {
    synchronized (store) {
      retired = true;
      if (ticketsOfFile) {
        loaded.tickets().ifPresent(store::put);
      }
      store.put(loaded.names());
    }
  }

  /** Whether that one watches the same files for the same listener. */
  boolean isSame(Listen other, ListenerCertificates of) {
    return listen.equals(other) && certificates.isSame(of);
  }

  /** The configured listener. */
  Listen listen() {
    return listen;
  }

  /** What is in force. */
  TlsStore store() {
    return store;
  }

  /** What became of the files. */
  State state() {
    State now = state;
    return failure.isEmpty()
        ? now
        : new State(now.problem.or(() -> failure), now.changed, now.applied, now.refused);
  }

  private void stapled(List<Staple> now, Clock clock) {
    stapledNanos = clock.monotonicNanos();
    for (Staple staple : now) {
      if (staple.problem().isPresent() && !staples.contains(staple)) {
        log.atWarn()
            .addKeyValue("why", staple.problem().get())
            .log("no response of OCSP is sent with a certificate");
      }
    }
    staples = now;
  }

  /** What is sent with each certificate; empty before the first look. */
  List<Staple> staples() {
    return staples;
  }

  private boolean isOther(TicketKeys keys) {
    return store.tickets().map(inUse -> !inUse.isSame(keys)).orElse(true);
  }

  /** Whether the config names a file with the keys of its tickets. */
  boolean hasTicketFile() {
    return listen.tls().flatMap(ListenTlsConfig::ticketKeys).isPresent();
  }

  /** Uses random keys for tickets, made at that time. */
  void use(TicketKeys keys, Instant made) {
    store.put(keys);
    ticketsSince = made;
  }

  /** Since when the first key of tickets encrypts, as far as this process was there. */
  Instant ticketsSince() {
    return ticketsSince;
  }

  /**
   * Looks at the files, and reads them when they are not what was read, and settled. What it fails
   * with is logged once and shown: the other listeners and their tickets do not depend on it.
   */
  void look(Clock clock) {
    guarded(() -> lookNow(clock));
  }

  /** Reads all files, also those that look as before, and puts them in force if they are good. */
  void readAll(Clock clock) {
    guarded(
        () -> {
          certificates.forget();
          read(clock);
        });
  }

  private void guarded(Runnable action) {
    try {
      action.run();
      failure = Optional.empty();
    } catch (RuntimeException e) {
      Optional<String> why = Optional.of("looking at the files failed: " + FailureText.of(e));
      if (!why.equals(failure)) {
        log.atError()
            .addKeyValue("listener", SocketText.of(listen.address()))
            .setCause(e)
            .log("looking at the files of certificates failed, those before stay");
      }
      failure = why;
    }
  }

  /** What is in force of these files; null once another one watches the listener. */
  private @Nullable ServerNames own() {
    synchronized (store) {
      return retired ? null : store.inForce();
    }
  }

  private void lookNow(Clock clock) {
    ServerNames own = own();
    if (own == null) {
      return;
    }
    List<FileStamp> found = certificates.files().stream().map(FileStamp::of).toList();
    if (!found.equals(judged) && found.equals(seen)) {
      read(clock);
    } else if (clock.monotonicNanos() - stapledNanos >= AGAIN_NANOS) {
      stapled(certificates.staple(own, clock), clock);
      if (state.problem.isPresent()) {
        read(clock);
      }
    }
    seen = found;
    ServerNames now = own();
    warnings.warn(listen, now == null ? own : now, Instant.ofEpochMilli(clock.wallMillis()));
  }

  /** Reads the files that have changed, and puts them in force if all are good. */
  private void read(Clock clock) {
    // Stamps are taken first: what changes while it is read is read again.
    List<FileStamp> found = certificates.files().stream().map(FileStamp::of).toList();
    boolean isNew = !found.equals(judged);
    judged = found;
    Findings findings = new Findings(config);
    Optional<Loaded> loaded = certificates.load(clock, findings, Optional.of(store.inForce()));
    if (loaded.isEmpty()) {
      String problem = String.join("; ", findings.sentences());
      if (isNew) {
        log.atWarn().addKeyValue("why", problem).log("certificates not applied, those before stay");
      }
      state =
          new State(
              Optional.of(problem), state.changed, state.applied, state.refused + (isNew ? 1 : 0));
      return;
    }
    boolean mended = state.problem.isPresent();
    boolean otherTickets = loaded.get().tickets().map(this::isOther).orElse(false);
    boolean differs =
        otherTickets
            || !loaded.get().names().rules().equals(store.inForce().rules())
            || !loaded.get().names().identities().equals(store.inForce().identities());
    if (otherTickets) {
      ticketsSince = Instant.ofEpochMilli(clock.wallMillis());
    }
    if (!differs) {
      store.inForce().staple(loaded.get().staples().stream().map(Staple::response).toList());
    }
    stapled(loaded.get().staples(), clock);
    if (differs) {
      synchronized (store) {
        if (retired) {
          return;
        }
        loaded.get().to(store);
      }
      findings
          .warnings()
          .forEach(warning -> log.atWarn().addKeyValue("why", warning.rule()).log("certificate"));
    }
    state =
        new State(
            Optional.empty(),
            differs ? Optional.of(Instant.ofEpochMilli(clock.wallMillis())) : state.changed,
            state.applied + (differs ? 1 : 0),
            state.refused);
    if (differs || mended) {
      log.atInfo()
          .addKeyValue("listener", SocketText.of(listen.address()))
          .addKeyValue("certificates", loaded.get().names().identities().size())
          .log("certificates applied");
    }
  }
}
