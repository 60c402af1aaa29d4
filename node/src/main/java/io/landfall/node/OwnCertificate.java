package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.config.TrustConfig;
import io.landfall.core.FailureText;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEvent;
import io.landfall.transport.tls.OverlayTls;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.LandfallTrustManager;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own certificate for the overlay, and its files: one that is written there while the
 * node runs is shown in every handshake from then on.
 *
 * <p>What a session has rights by is the certificate with which it was made (decision 0009), and it
 * ends with that one. So the sessions are then made anew, one after another: the next ends only
 * when the one before is up with all its routes, or has had {@link #PATIENCE_NANOS} for it. So each
 * other node is without this one's routes for a moment, and no two of them at the same time.
 * Connections for requests show each node what its session was made with.
 */
final class OwnCertificate {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");
  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue'";

  /** How often the files are looked at; a change is in force after two looks. */
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * After how many looks files that were refused are read again although they are the same: a
   * minute.
   */
  private static final int LOOKS_UNTIL_AGAIN = 30;

  /** How often it is looked whether a session is up again. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** How long its routes have to be in force at both ends. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long the next session waits for that. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long a handshake may go on that began before the change, and the OPENs behind it. */
  private static final long HANDSHAKES_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** RFC 4486 section 4. */
  private static final int CEASE_ADMINISTRATIVE_RESET = 4;

  private final TrustConfig files;
  private final Admission admission;
  private final LandfallTrustManager others;
  private volatile Credentials inForce;

  /** Held by whoever looks at the files. */
  private final ReentrantLock looking = new ReentrantLock();

  private List<FileStamp> judged;
  private int looks;
  private List<FileStamp> seen = List.of();
  private Optional<String> problem = Optional.empty();

  // Of the control thread.
  private final RenewedSessions sessions = new RenewedSessions();
  private boolean renewing;
  private int changes;
  private OverlayTls shown;

  /**
   * The certificate of a start.
   *
   * @param others decides about the certificates of other nodes
   */
  OwnCertificate(
      TrustConfig files, Admission admission, LandfallTrustManager others, Credentials atStart)
      throws SSLException {
    this.files = files;
    this.admission = admission;
    this.others = others;
    this.inForce = atStart;
    this.judged = stamps();
    this.shown = new OverlayTls(atStart.key(), atStart.chain(), others);
  }

  /** The key and the certificate that are shown. */
  Credentials inForce() {
    return inForce;
  }

  /** What a start shows. */
  OverlayTls tls() {
    return shown;
  }

  private List<FileStamp> stamps() {
    return List.of(FileStamp.of(files.certificate()), FileStamp.of(files.key()));
  }

  /**
   * Looks at the files from now on, until the node stops; on the control thread.
   *
   * @param readers what files are read on
   */
  void watch(Node node, Executor readers) {
    try {
      readers.execute(() -> look(node));
    } catch (RejectedExecutionException e) {
      return; // The node stops.
    }
    node.control.schedule(POLL_NANOS, () -> watch(node, readers));
  }

  private void look(Node node) {
    if (!looking.tryLock()) {
      return;
    }
    try {
      List<FileStamp> found = stamps();
      // One that was refused may be good later: its time may come, or a read may succeed.
      boolean again = problem.isPresent() && ++looks >= LOOKS_UNTIL_AGAIN;
      if (again || (!found.equals(judged) && found.equals(seen))) {
        Optional<String> before = problem;
        Optional<CommandResult> result = read(node);
        if (problem.isPresent() && !problem.equals(before)) {
          log.atWarn()
              .addKeyValue("why", problem.get())
              .log("the node's own certificate is not applied, the one before stays");
        } else if (result.isEmpty() && before.isPresent()) {
          log.atInfo().log("the files of the node's own certificate are as they are in force");
        }
      }
      seen = found;
    } finally {
      looking.unlock();
    }
  }

  /**
   * Reads the files now. Blocks; on any thread but the control thread.
   *
   * @return what is in force now, or the problem; empty when nothing has changed
   */
  Optional<CommandResult> reload(Node node) {
    looking.lock();
    try {
      return read(node);
    } finally {
      looking.unlock();
    }
  }

  private Optional<CommandResult> read(Node node) {
    looks = 0;
    // Stamps are taken first: what changes while it is read is read again.
    judged = stamps();
    return switch (Credentials.loadForTls(files.certificate(), files.key(), REMEDY)) {
      case FileResult.Bad<Credentials> bad -> refused(bad.sentence());
      case FileResult.Good<Credentials>(Credentials found) -> {
        if (found.chain().equals(inForce.chain())) {
          problem = Optional.empty();
          yield Optional.empty();
        }
        yield admission.checkOwn(found.chain(), node.control.wallMillis())
                instanceof AdmissionResult.Refused no
            ? refused("trust.certificate " + files.certificate() + ": " + no.sentence())
            : apply(node, found);
      }
    };
  }

  private Optional<CommandResult> refused(String why) {
    problem = Optional.of(why);
    return Optional.of(
        new CommandResult.Conflict(why + "; the node's own certificate before stays in force"));
  }

  private Optional<CommandResult> apply(Node node, Credentials found) {
    OverlayTls tls;
    try {
      tls = new OverlayTls(found.key(), found.chain(), others);
    } catch (SSLException e) {
      return refused("TLS refuses this key and certificate: " + FailureText.of(e));
    }
    problem = Optional.empty();
    inForce = found;
    String until = found.certificate().getNotAfter().toInstant().toString();
    node.control.execute(
        () -> {
          OverlayTls before = shown;
          shown = tls;
          log.atInfo().addKeyValue("until", until).log("the node's own certificate applied");
          renewSessions(node, before);
        });
    return Optional.of(
        new CommandResult.Done("the node's own certificate, good until " + until + ", in force"));
  }

  private void renewSessions(Node node, OverlayTls before) {
    int change = ++changes;
    sessions.changed(established(node));
    node.port.show(shown, before, addresses(node));
    if (!renewing) {
      renewNext(node, before);
    }
    node.control.schedule(
        HANDSHAKES_NANOS,
        () -> {
          if (change == changes) {
            sessions.alsoCameUp(established(node));
            if (!renewing) {
              renewNext(node, before);
            }
          }
        });
  }

  private static List<HostAddress> established(Node node) {
    Set<HostAddress> plain = PlainBgp.identities(node.config);
    return node.overlay.overlay().peers().stream()
        .map(peer -> peer.info().identity())
        .filter(identity -> !plain.contains(identity))
        .filter(identity -> node.overlay.plane().isEstablished(identity))
        .toList();
  }

  /** Where the nodes are whose sessions have to be made anew. */
  private Set<InetAddress> addresses(Node node) {
    Set<InetAddress> at = new HashSet<>();
    for (HostAddress peer : sessions.waiting()) {
      String remote = node.overlay.plane().remoteOf(peer);
      if (!remote.isEmpty()) {
        String host = remote.substring(0, remote.lastIndexOf(':'));
        at.add(InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")));
      }
    }
    return at;
  }

  private void renewNext(Node node, OverlayTls before) {
    Optional<HostAddress> next = sessions.next();
    renewing = next.isPresent();
    if (next.isPresent()) {
      // Its next session is by the new one, and so are the requests that come with that.
      node.port.show(shown, before, addresses(node));
      node.overlay.apply(
          new OverlayEvent.StopPeer(
              next.get(), CEASE_ADMINISTRATIVE_RESET, "the node's own certificate is a new one"));
      await(node, before, next.get(), node.control.monotonicNanos());
    }
  }

  private void await(Node node, OverlayTls before, HostAddress peer, long sinceNanos) {
    boolean late = node.control.monotonicNanos() - sinceNanos >= PATIENCE_NANOS;
    if (late || hasItsRoutes(node, peer)) {
      node.control.schedule(SETTLE_NANOS, () -> renewNext(node, before));
    } else {
      node.control.schedule(LOOK_NANOS, () -> await(node, before, peer, sinceNanos));
    }
  }

  private static boolean hasItsRoutes(Node node, HostAddress peer) {
    return node.overlay.plane().isEstablished(peer)
        && node.overlay.overlay().peers().stream()
            .filter(each -> each.info().identity().equals(peer))
            .anyMatch(each -> each.endOfRibReceived() && each.endOfRibSent());
  }
}
