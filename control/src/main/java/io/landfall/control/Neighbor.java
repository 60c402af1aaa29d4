package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that this node knows of one other, by its identity. */
final class Neighbor {
  /** How this node and the other stand. */
  sealed interface State {
    /** There is no stream with it; it is known by name, or from what others advertise. */
    record Absent() implements State {}

    /** There are streams, and no session on any. */
    record Connecting() implements State {}

    /** The session on this stream is Established. */
    record Established(long stream) implements State {}

    /** The session has ended; its streams have not. */
    record Closing() implements State {}
  }

  private final HostAddress identity;
  private final Map<Long, Stream> streams = new LinkedHashMap<>();
  private State state = new State.Absent();
  private boolean configured;
  private @Nullable NodeName name;

  /** What proves the adjacency: of the certificates of its streams the one that ends last. */
  private @Nullable PeerIdentity live;

  /** Where its requests go; null while no such place is known. */
  private @Nullable ForwardingChannel forwarding;

  Neighbor(HostAddress identity) {
    this.identity = identity;
  }

  HostAddress identity() {
    return identity;
  }

  State state() {
    return state;
  }

  Optional<NodeName> name() {
    return Optional.ofNullable(name);
  }

  void named(NodeName by) {
    name = by;
  }

  void configured() {
    configured = true;
  }

  @Nullable PeerIdentity live() {
    return live;
  }

  /** A node that renewed its certificate comes with a later end; the later one counts. */
  void prove(PeerIdentity peer) {
    PeerIdentity before = live;
    if (before == null || peer.notAfterMillis() >= before.notAfterMillis()) {
      live = peer;
    }
  }

  void proofEnded() {
    live = null;
  }

  @Nullable ForwardingChannel forwarding() {
    return forwarding;
  }

  void forwardsBy(@Nullable ForwardingChannel channel) {
    forwarding = channel;
  }

  /** Whether nothing is lost with it but its name. */
  boolean isForgettable() {
    return state instanceof State.Absent && forwarding == null && live == null && !configured;
  }

  void opened(Stream stream) {
    streams.put(stream.number(), stream);
    if (!(state instanceof State.Established)) {
      state = new State.Connecting();
    }
  }

  void established(long stream) {
    state = new State.Established(stream);
  }

  void sessionEnded() {
    state = streams.isEmpty() ? new State.Absent() : new State.Closing();
  }

  void closed(long stream) {
    streams.remove(stream);
    if (streams.isEmpty()) {
      state = new State.Absent();
    } else if (state.equals(new State.Established(stream))) {
      state = new State.Closing();
    }
  }

  boolean hasStreams() {
    return !streams.isEmpty();
  }

  boolean isEstablished() {
    return state instanceof State.Established;
  }

  /** Whose certificate the Established session has, and where; empty without either. */
  Optional<Stream.Proof> session() {
    if (state instanceof State.Established(long number)) {
      Stream stream = streams.get(number);
      return stream == null ? Optional.empty() : stream.proof();
    }
    return Optional.empty();
  }

  /**
   * The certificates that it has rights by: that of its session's stream, or those of all streams
   * while there is no session. Another one that ends later, or is not revoked, gives a session
   * nothing.
   */
  List<PeerIdentity> inUse() {
    PeerIdentity newest = live;
    List<Holder> holders = holders();
    if (holders.isEmpty()) {
      return newest == null ? List.of() : List.of(newest);
    }
    return holders.stream().map(Holder::certificate).distinct().toList();
  }

  /** Who holds the identity: the stream of its session, or all streams while there is none. */
  List<Holder> holders() {
    List<Holder> holders = new ArrayList<>();
    for (Stream stream : streams.values()) {
      if (!(state instanceof State.Established(long session)) || session == stream.number()) {
        stream.proof().ifPresent(proof -> holders.add(proof.holder()));
      }
    }
    return holders;
  }
}
