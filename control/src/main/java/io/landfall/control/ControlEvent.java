package io.landfall.control;

import io.landfall.bfd.PathLiveness;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.SignalEvent;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What happens to plane two of this node. Numbers of streams and dials are given once and never
 * again.
 */
public sealed interface ControlEvent {
  /**
   * The node begins: candidates are dialled, and rights are looked at from now on.
   *
   * @param candidates where nodes are by the operator's config
   * @param revocations the list in force
   * @param holdNanos for how long requests for services that no site advertises yet are held at
   *     most
   * @param awaited how many peers are waited for, where that is known; else as many as there are
   *     candidates
   */
  record Start(
      List<Endpoint> candidates, Revocations revocations, long holdNanos, OptionalInt awaited)
      implements ControlEvent {
    /** Copies the list. */
    public Start {
      candidates = List.copyOf(candidates);
    }

    /** The same where nothing is known of the peers. */
    public Start(List<Endpoint> candidates, Revocations revocations, long holdNanos) {
      this(candidates, revocations, holdNanos, OptionalInt.empty());
    }
  }

  /** This node's own address, drain and other state, as the table takes them. */
  record OfThisNode(OverlayEvent event) implements ControlEvent {}

  /**
   * Something that may change the state of a service beside this node: the result of a probe, a
   * lease, an operator.
   */
  record OfSignals(SignalEvent event) implements ControlEvent {}

  /** A service host advertises a service of this node otherwise than before, or no more. */
  record OfServiceHost(ServiceHostEffect.OfService what) implements ControlEvent {}

  /** What happens on one stream. */
  sealed interface OfStream extends ControlEvent {
    /** The number of the stream. */
    long stream();
  }

  /**
   * A stream for BGP is open, whose other end proved who it is.
   *
   * @param stream the number of the stream
   * @param peer what its certificate proved
   * @param at the other end
   * @param direction which side opened it
   */
  record StreamOpened(long stream, PeerIdentity peer, InetSocketAddress at, Direction direction)
      implements OfStream {}

  /**
   * A stream with a configured neighbour is open, that is known by its address.
   *
   * @param fingerprint sets it apart from another with the same identity
   */
  record NeighborOpened(long stream, PeerInfo peer, String fingerprint, Direction direction)
      implements OfStream {}

  /** Bytes arrived; the array is the machine's to keep. */
  record StreamBytes(long stream, byte[] bytes) implements OfStream {}

  /** A write found the stream's buffer full. */
  record StreamFull(long stream) implements OfStream {}

  /** The stream takes bytes again. */
  record StreamWritable(long stream) implements OfStream {}

  /**
   * The stream has ended.
   *
   * @param peer whose it was, for one of which nothing was reported before
   */
  record StreamClosed(HostAddress peer, long stream, String why) implements OfStream {}

  /** A candidate answered, and was admitted. Comes before the stream does. */
  record CandidateReached(Endpoint candidate, PeerIdentity peer) implements ControlEvent {}

  /** A candidate did not answer, or not as a node that may be here. */
  record CandidateFailed(Endpoint candidate, String why) implements ControlEvent {}

  /**
   * The name of a candidate was resolved.
   *
   * @param addresses its addresses but for the first, which are candidates of their own; those that
   *     it had before are none any more
   */
  record CandidateHasMore(Endpoint candidate, List<Endpoint> addresses) implements ControlEvent {
    /** Copies the list. */
    public CandidateHasMore {
      addresses = List.copyOf(addresses);
    }
  }

  /** A candidate is this node. */
  record CandidateIsThisNode(Endpoint candidate) implements ControlEvent {}

  /** A dial for a forwarding channel was answered; it is held or closed in this very step. */
  record ChannelReached(long dial, PeerIdentity peer) implements ControlEvent {}

  /** A dial for a forwarding channel failed. */
  record ChannelFailed(long dial, String why) implements ControlEvent {}

  /** The other end of a channel that is held answers. */
  record ChannelUp(long dial) implements ControlEvent {}

  /** The other end of a channel that is held takes no more requests; it is closed. */
  record ChannelLeft(long dial, String why) implements ControlEvent {}

  /** A channel that was held is over in any other way, and closed. */
  record ChannelOver(long dial, String why) implements ControlEvent {}

  /** Another than this node showed a good certificate with this node's identity. */
  record OwnIdentityShown(Holder other) implements ControlEvent {}

  /** Something else is known of the path to a node than before. */
  record PathProved(HostAddress node, PathLiveness path) implements ControlEvent {}

  /** A list of revocations is in force from now on. */
  record Revoke(Revocations list) implements ControlEvent {}

  /**
   * Another config is in force. Services that it does not have are withdrawn and forgotten, those
   * that are new are known, and routes of other nodes to them are asked for; sessions stay.
   *
   * @param services every service that the node knows from now on
   * @param specs the same as its signals have them
   * @param entitlements services that a node may originate beyond what its certificate names
   * @param candidates where nodes are by the operator's config from now on
   */
  record Configure(
      SortedMap<ServiceName, ControlConfig.Service> services,
      List<ServiceSpec> specs,
      Map<NodeName, Set<ServiceName>> entitlements,
      List<Endpoint> candidates)
      implements ControlEvent {
    /** Copies the collections. */
    public Configure {
      services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
      specs = List.copyOf(specs);
      entitlements = Collections.unmodifiableSortedMap(new TreeMap<>(entitlements));
      candidates = List.copyOf(candidates);
    }
  }

  /** What came with what changed is worked off: it is published, if anything is. */
  record Publish() implements ControlEvent {}

  /** Services drain, and are withdrawn; {@link ControlEffect.Drained} comes when all know it. */
  record Drain() implements ControlEvent {}

  /**
   * Another process of this node takes over: every session ends with this text, and none begins
   * until {@link Resume}. What this node's services are is followed on. {@link
   * ControlEffect.Yielded} comes after the last stream.
   */
  record Yield(String text) implements ControlEvent {}

  /** The other process did not take over: sessions begin again. */
  record Resume() implements ControlEvent {}

  /** Every session ends with this text; {@link ControlEffect.Stopped} comes after the last. */
  record Stop(String text) implements ControlEvent {}

  /** Time has passed: the deadline was reached. */
  record Tick() implements ControlEvent {}
}
