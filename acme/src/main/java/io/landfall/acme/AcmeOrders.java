package io.landfall.acme;

import io.landfall.core.FailureText;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps certificates issued: orders each that is missing or due, one at a time, on a virtual thread
 * of its own, and writes what it gets beside what has been ordered. Whoever serves them reads the
 * files.
 */
public final class AcmeOrders implements AutoCloseable {
  /** The longest wait between two looks: the clock of the day may be set meanwhile. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  /** Gets one certificate. */
  public interface Issuer {
    /**
     * Orders it; blocks.
     *
     * @return PEM, the key and the chain
     */
    String order(List<String> names, CertificateKeys kind) throws AcmeFailure, InterruptedException;
  }

  /** Is told what came of orders; on the thread that orders. */
  public interface Listener {
    /** A certificate was issued, and its file written. */
    void issued(WantedCertificate wanted);

    /** A fault of this program: the next look follows as usual. */
    void broken(RuntimeException fault);

    /** An order came to nothing; the next one follows at that time. */
    void failed(WantedCertificate wanted, String why, Instant next);
  }

  /**
   * How one certificate stands.
   *
   * @param wanted which one
   * @param isIssued whether there is one, of whatever age
   * @param next when the next order is due
   * @param failures how many orders have failed since the last that did not
   * @param why what the last one failed with; empty if it did not
   * @param counts what came of orders in this process
   */
  public record Status(
      WantedCertificate wanted,
      boolean isIssued,
      Instant next,
      int failures,
      String why,
      Counts counts) {}

  /**
   * What came of orders.
   *
   * @param issued how many gave a certificate
   * @param failed how many did not
   */
  public record Counts(long issued, long failed) {
    private static final Counts NONE = new Counts(0, 0);
  }

  private final List<WantedCertificate> wanted;
  private final Optional<Duration> renewBefore;
  private final Issuer issuer;
  private final Listener listener;
  private final InstantSource clock;
  private final DoubleSupplier random;
  private final double jitter;

  /** Histories that could not be written: as many as certificates at most. */
  private final Map<WantedCertificate, OrderHistory> unkept = new ConcurrentHashMap<>();

  /** As many as certificates. */
  private final Map<WantedCertificate, Counts> counts = new ConcurrentHashMap<>();

  private volatile List<Status> statuses;
  private @Nullable Thread thread;

  /**
   * At rest.
   *
   * @param renewBefore how long before its end a certificate is renewed; empty for a third of its
   *     lifetime
   * @param random numbers between 0 and 1
   */
  public AcmeOrders(
      List<WantedCertificate> wanted,
      Optional<Duration> renewBefore,
      Issuer issuer,
      Listener listener,
      InstantSource clock,
      DoubleSupplier random) {
    this.wanted = List.copyOf(wanted);
    this.renewBefore = renewBefore;
    this.issuer = issuer;
    this.listener = listener;
    this.clock = clock;
    this.random = random;
    this.jitter = random.getAsDouble();
    this.statuses = this.wanted.stream().map(each -> status(each, history(each))).toList();
  }

  /**
   * Begins.
   *
   * @param wait how long nothing is ordered yet: a node that has just started may not know the
   *     others, who are to answer challenges too
   */
  public synchronized void start(Duration wait) {
    if (thread == null && !wanted.isEmpty()) {
      thread = Thread.ofVirtual().name("landfall-acme").start(() -> run(wait));
    }
  }

  /** How all stand; any thread. */
  public List<Status> statuses() {
    return statuses;
  }

  private void run(Duration wait) {
    try {
      Thread.sleep(wait);
      while (!Thread.currentThread().isInterrupted()) {
        try {
          step();
        } catch (RuntimeException e) {
          listener.broken(e);
        }
        Thread.sleep(untilNext());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Orders all that is due, each once. */
  void step() throws InterruptedException {
    for (WantedCertificate each : wanted) {
      if (!status(each, history(each)).next().isAfter(clock.instant())) {
        order(each);
        renewStatuses();
      }
    }
    renewStatuses();
  }

  private void renewStatuses() {
    List<Status> now = new ArrayList<>();
    wanted.forEach(each -> now.add(status(each, history(each))));
    statuses = List.copyOf(now);
  }

  private Duration untilNext() {
    Instant now = clock.instant();
    Duration wait = LOOK;
    for (Status each : statuses) {
      Duration until = Duration.between(now, each.next());
      wait = until.compareTo(wait) < 0 ? until : wait;
    }
    return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
  }

  private void order(WantedCertificate each) throws InterruptedException {
    OrderHistory before = history(each).begun(clock.instant());
    OrderHistory after;
    try {
      // What cannot be counted is not ordered: the count is what a CA's limits are kept by.
      keep(each, before);
      PrivateFiles.write(each.file(), issuer.order(each.names(), each.kind()));
      after = before.issued();
      keep(each, after);
      counts.merge(each, new Counts(1, 0), AcmeOrders::sum);
      listener.issued(each);
    } catch (IOException e) {
      failed(each, before, new AcmeFailure("its file: " + AcmeFailure.clean(FailureText.of(e))));
    } catch (AcmeFailure e) {
      failed(each, before, e);
    } catch (RuntimeException e) {
      failed(each, before, new AcmeFailure("a fault: " + AcmeFailure.clean(FailureText.of(e))));
    }
  }

  private void failed(WantedCertificate each, OrderHistory before, AcmeFailure failure) {
    OrderHistory after = before.failed(failure, clock.instant(), random.getAsDouble());
    counts.merge(each, new Counts(0, 1), AcmeOrders::sum);
    String why = failure.why();
    try {
      keep(each, after);
    } catch (IOException e) {
      why = why + "; and it cannot be kept: " + AcmeFailure.clean(FailureText.of(e));
      unkept.put(each, after);
    }
    listener.failed(each, why, status(each, after).next());
  }

  private static Counts sum(Counts one, Counts other) {
    return new Counts(one.issued + other.issued, one.failed + other.failed);
  }

  private Status status(WantedCertificate each, OrderHistory history) {
    Instant now = clock.instant();
    Optional<X509Certificate> issued = issued(each);
    Instant due = Renewal.due(issued, renewBefore, jitter);
    Instant earliest = history.earliest(now);
    return new Status(
        each,
        issued.isPresent(),
        due.isAfter(earliest) ? due : earliest,
        history.failures(),
        history.why(),
        counts.getOrDefault(each, Counts.NONE));
  }

  /** The one on disk, if it can be used. */
  private static Optional<X509Certificate> issued(WantedCertificate each) {
    return Credentials.load(each.file(), each.file())
            instanceof FileResult.Good<Credentials>(Credentials good)
        ? Optional.of(good.certificate())
        : Optional.empty();
  }

  private OrderHistory history(WantedCertificate each) {
    OrderHistory inMemory = unkept.get(each);
    if (inMemory != null) {
      return inMemory;
    }
    try {
      return OrderHistory.parse(PrivateFiles.read(each.historyFile()));
    } catch (NoSuchFileException e) {
      return OrderHistory.NONE;
    } catch (IOException e) {
      return new OrderHistory(
          List.of(), 0, Instant.EPOCH, "its history: " + AcmeFailure.clean(FailureText.of(e)));
    }
  }

  private void keep(WantedCertificate each, OrderHistory history) throws IOException {
    PrivateFiles.write(each.historyFile(), history.text());
    unkept.remove(each);
  }

  /** Stops; an order under way is given up. */
  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
