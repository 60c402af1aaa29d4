package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerAdmission;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who may have a session, of those whose certificate was admitted: the one judge of duplicate
 * identities.
 *
 * <p>A newcomer with the identity of a live node is refused, and both are named, also to the
 * newcomer. Only streams on which the peer has not sent its OPEN yet hold nothing against a
 * newcomer with another certificate, or whoever stops answering again and again would keep it away.
 */
final class SessionAdmission {
  private final ControlConfig config;
  private final Overlay overlay;
  private final Neighbors neighbors;
  private final DuplicateReports reports;
  private final Predicate<HostAddress> stopUnresponsive;

  /** What becomes of a newcomer. */
  sealed interface Verdict {
    /** It may have a session. */
    record Admitted() implements Verdict {}

    /**
     * It may not.
     *
     * @param rule to count by; empty when it is not counted as refused at the port
     * @param sentence why, for the log
     * @param ceaseText why, for the newcomer
     * @param reported whether it was logged already
     */
    record Refused(Optional<String> rule, String sentence, String ceaseText, boolean reported)
        implements Verdict {
      Refused(String rule, String sentence) {
        this(Optional.of(rule), sentence, sentence, false);
      }
    }
  }

  /**
   * A judge.
   *
   * @param stopUnresponsive ends the streams of a peer that has not sent its OPEN on any, and
   *     returns whether there were such
   */
  SessionAdmission(
      ControlConfig config,
      Overlay overlay,
      Neighbors neighbors,
      DuplicateReports reports,
      Predicate<HostAddress> stopUnresponsive) {
    this.config = config;
    this.overlay = overlay;
    this.neighbors = neighbors;
    this.reports = reports;
    this.stopUnresponsive = stopUnresponsive;
  }

  /** Judges a newcomer, who is live from now on when it is admitted. */
  Verdict judge(Stream.Proof newcomer, Revocations revocations) {
    PeerIdentity peer = newcomer.peer();
    // The list may have changed since the handshake.
    Optional<String> revoked =
        revocations.reasonFor(peer).map(why -> peer.label() + " is revoked: " + why);
    if (revoked.isPresent()) {
      return new Verdict.Refused(Optional.empty(), revoked.get(), revoked.get(), false);
    }
    Holder arrived = newcomer.holder();
    Optional<Holder> live = liveHolder(arrived);
    if (live.isPresent()) {
      if (!stopUnresponsive.test(peer.identity())) {
        reports.of(live.get(), arrived);
        return new Verdict.Refused(
            Optional.of(PeerAdmission.DUPLICATE_IDENTITY),
            Duplicates.sentence(live.get(), arrived),
            Duplicates.rejection(live.get()),
            true);
      }
      reports.of(arrived, live.get());
    }
    Optional<PeerAdmission.Refused> refusal = refusalOf(peer);
    return refusal.isPresent()
        ? refused(arrived, refusal.get().rule(), refusal.get().text())
        : join(arrived);
  }

  private Verdict refused(Holder arrived, String rule, String sentence) {
    Optional<Holder> live =
        rule.equals(PeerAdmission.DUPLICATE_NAME)
            ? neighbors.holderOfName(arrived.certificate().name())
            : Optional.empty();
    if (live.isEmpty()) {
      return new Verdict.Refused(rule, sentence);
    }
    reports.ofName(live.get(), arrived);
    return new Verdict.Refused(
        Optional.of(rule),
        Duplicates.nameSentence(live.get(), arrived),
        Duplicates.nameRejection(live.get()),
        true);
  }

  private Optional<Holder> liveHolder(Holder arrived) {
    Neighbor known = neighbors.get(arrived.certificate().identity());
    List<Holder> holders = known == null ? List.of() : known.holders();
    return arrived.clashIn(holders, known != null && known.isEstablished());
  }

  private Verdict join(Holder arrived) {
    PeerIdentity peer = arrived.certificate();
    return switch (neighbors.join(peer)) {
      case Neighbors.Joining.Joined _ -> new Verdict.Admitted();
      case Neighbors.Joining.Duplicate duplicate ->
          refused(
              arrived,
              duplicate.live().identity().equals(peer.identity())
                  ? PeerAdmission.DUPLICATE_IDENTITY
                  : PeerAdmission.DUPLICATE_NAME,
              duplicate.sentence());
      case Neighbors.Joining.Full full ->
          new Verdict.Refused(PeerAdmission.TOO_MANY_PEERS, full.sentence());
    };
  }

  /** Why a peer may not have a session, by the table's rules; empty when it may. */
  Optional<PeerAdmission.Refused> refusalOf(PeerIdentity peer) {
    if (config.isService(peer.identity())) {
      return Optional.of(
          new PeerAdmission.Refused(
              PeerAdmission.IDENTITY_OF_A_SERVICE,
              "the identity of "
                  + peer.label()
                  + " is that of a service, so its own route would be taken for the service's"));
    }
    return overlay.admit(config.infoOf(peer), peer.fingerprint())
            instanceof PeerAdmission.Refused no
        ? Optional.of(no)
        : Optional.empty();
  }
}
