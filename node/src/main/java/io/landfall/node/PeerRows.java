package io.landfall.node;

import io.landfall.admin.model.PeerRow;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionState;
import io.landfall.control.CandidateView;
import io.landfall.control.ControlPlane;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of {@code show peers}; on the control thread only. */
final class PeerRows {
  private final Overlay overlay;
  private final ControlPlane plane;
  private final DuplicateRows duplicates;
  private final HostRows hosts;
  private final ControlTime time;
  private final long asn;

  /**
   * Made for one node.
   *
   * @param asn the AS number of the overlay
   */
  PeerRows(
      Overlay overlay,
      ControlPlane plane,
      DuplicateRows duplicates,
      HostRows hosts,
      ControlTime time,
      long asn) {
    this.overlay = overlay;
    this.plane = plane;
    this.duplicates = duplicates;
    this.hosts = hosts;
    this.time = time;
    this.asn = asn;
  }

  /** The rows, in this order: nodes, those not reached, candidates, duplicates, service hosts. */
  List<PeerRow> all() {
    List<PeerRow> result = new ArrayList<>();
    Set<String> shown = new HashSet<>();
    Map<HostAddress, CandidateView> candidates = new LinkedHashMap<>();
    List<CandidateView> all = plane.candidates(time.clock().monotonicNanos());
    for (CandidateView candidate : all) {
      candidate.peer().ifPresent(peer -> candidates.putIfAbsent(peer.identity(), candidate));
    }
    for (PeerView peer : overlay.peers()) {
      boolean up = peer.state() == SessionState.ESTABLISHED;
      CandidateView candidate = candidates.get(peer.info().identity());
      if (candidate != null) {
        shown.add(candidate.endpoint().toString());
      }
      result.add(
          new PeerRow(
              new PeerRow.Who(
                  Optional.of(peer.info().name().value()),
                  Optional.of(peer.info().identity().toString())),
              new PeerRow.Session(stateOf(peer), time.secondsSince(peer.sinceNanos(), up)),
              new PeerRow.Place(
                  endpointOf(peer.info().identity(), candidate),
                  Optional.ofNullable(candidate).flatMap(CandidateView::namedBy).map(this::names)),
              new PeerRow.RouteCounts(
                  peer.counters().received().announcements(),
                  peer.acceptedPaths(),
                  peer.counters().refused(),
                  peer.counters().sent().announcements()),
              lastError(peer.lastDown(), peer.failures().sinceThen())
                  .or(() -> Optional.ofNullable(candidate).flatMap(CandidateView::lastFailure)),
              OptionalLong.of(asn),
              OptionalDouble.of(time.secondsSince(peer.sinceNanos())),
              PeerRow.NODE));
    }
    result.addAll(unreached());
    for (CandidateView candidate : all) {
      // A learned place at which a peer was found adds nothing to the row of that peer.
      boolean known = candidate.namedBy().isPresent() && candidate.peer().isPresent();
      if (!known && !shown.contains(candidate.endpoint().toString())) {
        result.add(row(candidate));
      }
    }
    result.addAll(duplicates.rows());
    result.addAll(hosts.peers());
    return result;
  }

  private PeerRow row(CandidateView candidate) {
    PeerRow row =
        new PeerRow(
            new PeerRow.Who(
                candidate.peer().map(peer -> peer.name().value()),
                candidate.peer().map(peer -> peer.identity().toString())),
            new PeerRow.Session("candidate", OptionalDouble.empty()),
            candidate.endpoint().toString(),
            PeerRow.RouteCounts.NONE,
            candidate.state().equals("self")
                ? Optional.of("this node itself")
                : candidate.lastFailure());
    return candidate.namedBy().map(by -> row.learnedFrom(names(by))).orElse(row);
  }

  private List<String> names(List<HostAddress> identities) {
    return identities.stream()
        .map(
            identity ->
                plane.neighbors().nameOf(identity).map(NodeName::value).orElse(identity.toString()))
        .toList();
  }

  /** Nodes without a session here, which others' routes name. */
  private List<PeerRow> unreached() {
    Set<HostAddress> peers = new HashSet<>();
    overlay.peers().forEach(peer -> peers.add(peer.info().identity()));
    List<PeerRow> rows = new ArrayList<>();
    plane
        .neighbors()
        .unreached()
        .forEach(
            (identity, why) -> {
              if (!peers.contains(identity)) {
                rows.add(
                    new PeerRow(
                        new PeerRow.Who(
                            plane.neighbors().nameOf(identity).map(NodeName::value),
                            Optional.of(identity.toString())),
                        new PeerRow.Session("unreached", OptionalDouble.empty()),
                        "-",
                        PeerRow.RouteCounts.NONE,
                        Optional.of(why)));
              }
            });
    return rows;
  }

  /** Why the last session ended, and why none has begun since. */
  static Optional<String> lastError(Optional<DownReason> last, Optional<String> since) {
    Optional<String> down =
        last.map(reason -> (reason.byPeer() ? "peer: " : "us: ") + reason.text());
    return down.isPresent() && since.isPresent()
        ? Optional.of(down.get() + "; since then: " + since.get())
        : down.or(() -> since);
  }

  /** A session without a stream waits for one, however long its peer has been gone. */
  static String stateOf(PeerView peer) {
    return peer.live() ? word(peer.state()) : "down";
  }

  /** The remote end of the session itself; of a peer that is away, where it was dialled. */
  private String endpointOf(HostAddress identity, @Nullable CandidateView candidate) {
    String remote = plane.remoteOf(identity);
    return remote.isEmpty() && candidate != null ? candidate.endpoint().toString() : remote;
  }

  /** The word for a session's state, or a message type, as people read it. */
  static String word(Enum<?> state) {
    return state.name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
  }
}
