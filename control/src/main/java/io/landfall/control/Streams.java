package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.bgp.CeaseMessage;
import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.Revocations;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The BGP streams: who may have a session on one, and what it means that one has ended. An event of
 * a stream that was refused, or has ended, goes nowhere.
 */
final class Streams {
  private final ControlConfig config;
  private final Step step;
  private final Neighbors neighbors;
  private final SessionAdmission admission;
  private final CandidateTable candidates;
  private final Publication publication;
  private final Consumer<OverlayEvent> table;

  /**
   * Every stream that has a session, or may get one. Bounded by the sessions, two each; of a
   * neighbour without a certificate by what its owner lets in (bgp.peering.Peerings).
   */
  private final TreeMap<Long, Stream> open = new TreeMap<>();

  /** No stream yet. */
  Streams(ForwardingChannels.Parts parts) {
    this.config = parts.config();
    this.step = parts.step();
    this.neighbors = parts.nodes().neighbors();
    this.admission = parts.nodes().admission();
    this.candidates = parts.nodes().candidates();
    this.publication = parts.publication();
    this.table = parts.toOverlay();
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  void step(ControlEvent.OfStream event, Revocations revocations) {
    Stream stream = open.get(event.stream());
    switch (event) {
      case ControlEvent.StreamOpened opened -> opened(opened, revocations);
      case ControlEvent.NeighborOpened opened -> neighborOpened(opened);
      case ControlEvent.StreamBytes(long number, byte[] bytes) -> {
        if (stream != null) {
          table.accept(new OverlayEvent.Bytes(stream.peer(), number, bytes));
        }
      }
      case ControlEvent.StreamFull(long number) -> {
        if (stream != null) {
          table.accept(new OverlayEvent.LinkFull(stream.peer(), number));
        }
      }
      case ControlEvent.StreamWritable(long number) -> {
        if (stream != null) {
          table.accept(new OverlayEvent.LinkWritable(stream.peer(), number));
        }
      }
      case ControlEvent.StreamClosed closed -> closed(closed);
    }
  }

  private void opened(ControlEvent.StreamOpened opened, Revocations revocations) {
    Stream.Proof proof = new Stream.Proof(opened.peer(), opened.at(), opened.direction());
    switch (admission.judge(proof, revocations)) {
      case SessionAdmission.Verdict.Admitted _ -> {
        add(new Stream(opened.stream(), opened.peer().identity(), Optional.of(proof)));
        table.accept(
            new OverlayEvent.LinkUp(
                config.infoOf(opened.peer()),
                opened.peer().fingerprint(),
                proof.holder().at().host(),
                opened.stream(),
                opened.direction()));
      }
      case SessionAdmission.Verdict.Refused refused -> refuse(opened, refused);
    }
  }

  /** Sends the other side the reason (RFC 4486, 9003), so that its operator need not look here. */
  private void refuse(ControlEvent.StreamOpened opened, SessionAdmission.Verdict.Refused refused) {
    refused
        .rule()
        .ifPresent(
            rule ->
                step.add(new ControlEffect.SessionRefused(opened.at(), rule, refused.sentence())));
    if (!refused.reported()) {
      step.warn(
          Subject.OVERLAY,
          "newcomer refused",
          field("peer", opened.peer().name()),
          field("identity", opened.peer().identity()),
          field("remote", Stream.endpoint(opened.at())),
          field("why", refused.sentence()));
    }
    byte[] cease = CeaseMessage.of(CeaseMessage.CONNECTION_REJECTED, refused.ceaseText());
    step.add(new ControlEffect.Write(opened.stream(), cease));
    step.add(new ControlEffect.CloseStream(opened.stream(), refused.ceaseText()));
  }

  private void neighborOpened(ControlEvent.NeighborOpened opened) {
    PeerInfo info = opened.peer();
    // One that may not have a session is sent a NOTIFICATION by the overlay, which closes the
    // stream.
    add(new Stream(opened.stream(), info.identity(), Optional.empty()));
    table.accept(
        new OverlayEvent.LinkUp(info, opened.fingerprint(), opened.stream(), opened.direction()));
  }

  private void add(Stream stream) {
    open.put(stream.number(), stream);
    neighbors.obtain(stream.peer()).opened(stream);
  }

  private void closed(ControlEvent.StreamClosed closed) {
    HostAddress peer = closed.peer();
    Neighbor neighbor = neighbors.get(peer);
    if (open.remove(closed.stream()) != null) {
      table.accept(new OverlayEvent.LinkClosed(peer, closed.stream(), closed.why()));
      if (neighbor != null) {
        neighbor.closed(closed.stream());
      }
    }
    if (neighbor == null || !neighbor.hasStreams()) {
      step.add(new ControlEffect.AdjacencyDown(peer));
      neighbors.leave(peer);
      candidates.adjacencyLost(peer, closed.why(), step.nanos());
      publication.nodeChanged(peer);
    }
  }
}
