package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One peer with everything known of it, as {@code show peers PEER} has it: a node, or a service
 * host that speaks BGP.
 *
 * @param who who it is, and where
 * @param session how its session stands
 * @param terms what both sides agreed on
 * @param traffic what was exchanged
 * @param past what went wrong, and how its sessions ended
 * @param services the signals of a service host; empty for a node
 * @param requestsTo where requests to it go; empty text when nowhere
 * @param duplicates others that have its identity
 */
public record PeerReport(
    @Inline Who who,
    @Inline State session,
    @Inline Terms terms,
    @Inline Traffic traffic,
    @Inline Past past,
    Optional<List<HostSignals>> services,
    String requestsTo,
    List<Duplicate> duplicates) {
  /** Copies the lists. */
  public PeerReport {
    services = services.map(List::copyOf);
    duplicates = List.copyOf(duplicates);
  }

  /**
   * Who it is, and where.
   *
   * @param name its name
   * @param identity the identity of a node, the address of a service host
   * @param relation what it is to us: {@code client}, {@code service-host} ...
   * @param endpoint where it is reached; empty text when that is not known
   */
  public record Who(String name, String identity, String relation, String endpoint) {}

  /**
   * How the session stands.
   *
   * @param state the BGP state in lower case
   * @param since since when
   * @param sinceSeconds how long that is
   * @param uptimeSeconds the same of an Established session; empty of others
   */
  public record State(
      String state, Instant since, double sinceSeconds, OptionalDouble uptimeSeconds) {}

  /**
   * What either side proposed, and what both agreed on.
   *
   * @param ends who both sides are
   * @param holdTime the timers
   * @param capabilities the capabilities of both OPENs
   * @param families the families of the session
   * @param addPath for which families there are path identifiers (RFC 7911)
   * @param maxMessageBytes the longest message; empty without a session
   */
  public record Terms(
      @Inline Ends ends,
      HoldTime holdTime,
      Capabilities capabilities,
      List<String> families,
      AddPath addPath,
      OptionalLong maxMessageBytes) {
    /** Copies the list. */
    public Terms {
      families = List.copyOf(families);
    }
  }

  /**
   * Who both sides are.
   *
   * @param asn the AS number of the peer
   * @param localAsn ours
   * @param identifier the BGP identifier of the peer; empty without a session
   * @param localIdentifier ours
   */
  public record Ends(
      long asn, long localAsn, Optional<String> identifier, String localIdentifier) {}

  /**
   * In seconds.
   *
   * @param oursSeconds what we propose
   * @param theirsSeconds what the peer proposes
   * @param negotiatedSeconds the lower one
   * @param keepaliveSeconds how often a KEEPALIVE is sent
   * @param sendHoldSeconds after how long of a blocked stream the session ends (RFC 9687)
   */
  public record HoldTime(
      long oursSeconds,
      OptionalLong theirsSeconds,
      OptionalLong negotiatedSeconds,
      OptionalLong keepaliveSeconds,
      long sendHoldSeconds) {}

  /**
   * In words.
   *
   * @param ours what we offer
   * @param theirs what the peer offers
   * @param both what both do
   */
  public record Capabilities(List<String> ours, List<String> theirs, List<String> both) {
    /** Copies the lists. */
    public Capabilities {
      ours = List.copyOf(ours);
      theirs = List.copyOf(theirs);
      both = List.copyOf(both);
    }
  }

  /**
   * Families with path identifiers.
   *
   * @param receive those in which the peer may send them
   * @param send those in which we may
   */
  public record AddPath(List<String> receive, List<String> send) {
    /** Copies the lists. */
    public AddPath {
      receive = List.copyOf(receive);
      send = List.copyOf(send);
    }
  }

  /**
   * What was exchanged.
   *
   * @param messages messages by type
   * @param routes routes
   * @param endOfRib whether End-of-RIB was
   */
  public record Traffic(Messages messages, Routes routes, EndOfRib endOfRib) {}

  /**
   * Messages since the node started, by type.
   *
   * @param received from the peer
   * @param sent to it
   */
  public record Messages(Map<String, Long> received, Map<String, Long> sent) {}

  /**
   * Routes.
   *
   * @param held prefixes of it that are remembered now
   * @param accepted those in the table
   * @param refused how many were refused since the start
   * @param updatesReceived UPDATE messages
   * @param announcements routes announced
   * @param withdrawals routes withdrawn
   */
  public record Routes(
      long held,
      long accepted,
      long refused,
      long updatesReceived,
      @Inline Announcements announcements,
      @Inline Withdrawals withdrawals) {}

  /**
   * Routes announced.
   *
   * @param announcementsReceived by the peer
   * @param announcementsSent to it
   */
  public record Announcements(long announcementsReceived, long announcementsSent) {}

  /**
   * Routes withdrawn.
   *
   * @param withdrawalsReceived by the peer
   * @param withdrawalsSent to it
   */
  public record Withdrawals(long withdrawalsReceived, long withdrawalsSent) {}

  /**
   * Whether End-of-RIB (RFC 4724) was exchanged.
   *
   * @param received from the peer
   * @param sent to it
   */
  public record EndOfRib(boolean received, boolean sent) {}

  /**
   * What went wrong, and how its sessions ended.
   *
   * @param errors what RFC 7606 was needed for
   * @param attempts how often it was tried
   * @param nextAttemptInMillis when it is dialled next; empty when it is not
   * @param lastReset how the last session ended; empty when none has
   * @param lastNotificationSent the last NOTIFICATION to it
   * @param lastNotificationReceived the last one from it
   */
  public record Past(
      Errors errors,
      @Inline Attempts attempts,
      OptionalLong nextAttemptInMillis,
      Optional<Reset> lastReset,
      Optional<Notification> lastNotificationSent,
      Optional<Notification> lastNotificationReceived) {}

  /**
   * Malformed UPDATEs by what RFC 7606 has done with them, and what was refused by subject.
   *
   * @param treatAsWithdraw treated as withdraw
   * @param attributeDiscard an attribute discarded
   * @param sessionReset reset the session
   * @param bySubject refused attributes and families
   */
  public record Errors(
      long treatAsWithdraw,
      long attributeDiscard,
      long sessionReset,
      List<RefusedReport.Subject> bySubject) {
    /** Copies the list. */
    public Errors {
      bySubject = List.copyOf(bySubject);
    }
  }

  /**
   * How often it was tried.
   *
   * @param timesEstablished sessions
   * @param flaps sessions that ended
   * @param failedAttempts attempts without a session
   * @param lastFailedAttempt how the last of them failed
   */
  public record Attempts(
      long timesEstablished, long flaps, long failedAttempts, Optional<String> lastFailedAttempt) {}

  /**
   * How a session ended.
   *
   * @param by {@code us}, {@code peer}, or {@code connection} when a stream broke
   * @param code the NOTIFICATION's code; 0 without one
   * @param subcode its subcode
   * @param text the reason
   * @param at when
   * @param secondsAgo how long ago
   */
  public record Reset(
      String by, long code, long subcode, String text, Instant at, double secondsAgo) {}

  /**
   * A NOTIFICATION.
   *
   * @param code its code
   * @param subcode its subcode
   * @param text both in words
   * @param at when
   * @param secondsAgo how long ago
   */
  public record Notification(long code, long subcode, String text, Instant at, double secondsAgo) {}

  /**
   * What a service host signals of one service.
   *
   * @param service the service's name
   * @param identity its identity
   * @param says the signal; empty without a route
   * @param med the MED it came with
   * @param tier the tier that the MED stands for
   * @param since since when
   */
  public record HostSignals(
      String service,
      String identity,
      Optional<String> says,
      OptionalLong med,
      OptionalLong tier,
      Optional<Instant> since) {}

  /**
   * Another node with this identity.
   *
   * @param kind who refused whom
   * @param identity the identity of both
   * @param live the one that is live
   * @param refused the one that is refused
   * @param count how often
   * @param seen when
   * @param what the same in a sentence
   */
  public record Duplicate(
      String kind,
      String identity,
      Optional<Holder> live,
      Optional<Holder> refused,
      long count,
      @Inline Seen seen,
      String what) {}

  /**
   * When a duplicate was seen.
   *
   * @param first at first
   * @param last last
   */
  public record Seen(Instant first, Instant last) {}

  /**
   * Who has an identity.
   *
   * @param name the name in its certificate
   * @param address where it is
   * @param serial the serial number of its certificate
   * @param sha256 the fingerprint of its certificate
   */
  public record Holder(String name, String address, String serial, String sha256) {}
}
