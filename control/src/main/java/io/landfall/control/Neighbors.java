package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every other node that this one knows of, one object each.
 *
 * <p>Those with which an adjacency is live are bounded by {@link #MAX_LIVE}; of the others the name
 * is remembered, for showing, while there is room. An adjacency can end although its connection is
 * well: the certificate has run out, or the peer was revoked. Admission looks at a certificate
 * once, at the handshake, and a session can outlive that, so the owner asks {@link #toCut} at least
 * every {@link #CHECK_INTERVAL_MILLIS} and after every reload of the revocations.
 */
public final class Neighbors {
  /**
   * How often {@link #toCut} has to be asked, so that no session outlives its certificate by 60 s.
   */
  public static final long CHECK_INTERVAL_MILLIS = 5_000;

  /** The most peers that are live at a time. */
  public static final int MAX_LIVE = 4096;

  /** The most nodes that are known, configured ones not counted. */
  public static final int MAX_KNOWN = 16_384;

  /** What became of a peer that wants to be live. */
  sealed interface Joining {
    /** It is live now, or was and stays so with its newest certificate. */
    record Joined() implements Joining {}

    /**
     * It is refused, and the one that is live stays.
     *
     * @param live the peer that holds the identity or the name
     * @param sentence names both
     */
    record Duplicate(PeerIdentity live, String sentence) implements Joining {}

    /** It is refused, since the bound is reached. */
    record Full(String sentence) implements Joining {}
  }

  /**
   * A live peer whose sessions have to end now.
   *
   * @param peer who
   * @param rule EXPIRED or REVOKED
   * @param sentence why, for the log
   */
  record Cut(PeerIdentity peer, AdmissionRule rule, String sentence) {}

  private final NodeName ownName;
  private final HostAddress ownIdentity;
  private final TreeMap<HostAddress, Neighbor> byIdentity = new TreeMap<>();

  /** No other node is known to this one. */
  public Neighbors(NodeName ownName, HostAddress ownIdentity) {
    this.ownName = ownName;
    this.ownIdentity = ownIdentity;
  }

  /** The operator's config names a node. */
  public void configured(HostAddress identity, NodeName name) {
    Neighbor neighbor = obtain(identity);
    neighbor.configured();
    neighbor.named(name);
  }

  /** The name of a node, as its certificate or the config has it; known after it has gone, too. */
  public Optional<NodeName> nameOf(HostAddress identity) {
    if (identity.equals(ownIdentity)) {
      return Optional.of(ownName);
    }
    Neighbor neighbor = byIdentity.get(identity);
    return neighbor == null ? Optional.empty() : neighbor.name();
  }

  /** Every name that is known, this node's own too. */
  public List<NodeName> names() {
    List<NodeName> names = new ArrayList<>();
    names.add(ownName);
    byIdentity.values().forEach(neighbor -> neighbor.name().ifPresent(names::add));
    return names;
  }

  /** Whose stream is open under this name; empty when there is none. */
  Optional<Holder> holderOfName(NodeName name) {
    return byIdentity.values().stream()
        .filter(neighbor -> neighbor.hasStreams() && neighbor.name().equals(Optional.of(name)))
        .flatMap(neighbor -> neighbor.holders().stream())
        .findFirst();
  }

  /** Why no request can be given to a node; empty when one can. */
  Optional<String> whyNoRequest(HostAddress identity) {
    Neighbor neighbor = byIdentity.get(identity);
    ForwardingChannel forwarding = neighbor == null ? null : neighbor.forwarding();
    return forwarding == null
        ? Optional.of("it is not known where it takes requests")
        : forwarding.whyNot();
  }

  /** The nodes that a channel for requests is wanted to and none is up, with the cause. */
  public SortedMap<HostAddress, String> unreached() {
    TreeMap<HostAddress, String> unreached = new TreeMap<>();
    for (Neighbor neighbor : byIdentity.values()) {
      if (neighbor.forwarding() != null) {
        whyNoRequest(neighbor.identity()).ifPresent(why -> unreached.put(neighbor.identity(), why));
      }
    }
    return unreached;
  }

  @Nullable Neighbor get(HostAddress identity) {
    return byIdentity.get(identity);
  }

  /** The neighbour with this identity, which is known from now on. */
  Neighbor obtain(HostAddress identity) {
    Neighbor known = byIdentity.get(identity);
    if (known != null) {
      return known;
    }
    if (byIdentity.size() >= MAX_KNOWN) {
      byIdentity.values().stream()
          .filter(Neighbor::isForgettable)
          .findFirst()
          .ifPresent(neighbor -> byIdentity.remove(neighbor.identity()));
    }
    Neighbor added = new Neighbor(identity);
    byIdentity.put(identity, added);
    return added;
  }

  /** Who holds an identity; see {@link Neighbor#holders}. */
  List<Holder> holders(HostAddress identity) {
    Neighbor neighbor = byIdentity.get(identity);
    return neighbor == null ? List.of() : neighbor.holders();
  }

  /** A peer's handshake finished and it was admitted; may it become, or stay, an adjacency? */
  Joining join(PeerIdentity peer) {
    int live = 0;
    for (PeerIdentity other : peers()) {
      live++;
      boolean sameAddress = other.identity().equals(peer.identity());
      boolean sameName = other.name().equals(peer.name());
      if (sameAddress != sameName) {
        return new Joining.Duplicate(
            other,
            (sameAddress ? "two nodes claim one identity: " : "two nodes claim one name: ")
                + other.label()
                + " is live, the newcomer "
                + peer.label()
                + " is refused");
      }
    }
    Neighbor known = byIdentity.get(peer.identity());
    if (live >= MAX_LIVE && (known == null || known.live() == null)) {
      return new Joining.Full("there are already " + MAX_LIVE + " live peers");
    }
    Neighbor neighbor = obtain(peer.identity());
    neighbor.prove(peer);
    neighbor.named(peer.name());
    return new Joining.Joined();
  }

  /** The adjacency with this identity has ended. */
  void leave(HostAddress identity) {
    Neighbor neighbor = byIdentity.get(identity);
    if (neighbor != null) {
      neighbor.proofEnded();
    }
  }

  /** The live peers by identity. */
  List<PeerIdentity> peers() {
    return byIdentity.values().stream().map(Neighbor::live).filter(Objects::nonNull).toList();
  }

  /** Each node with a stream here, by the certificate of its session, or what proves it without. */
  List<PeerIdentity> proved() {
    List<PeerIdentity> proved = new ArrayList<>();
    for (Neighbor neighbor : byIdentity.values()) {
      neighbor
          .session()
          .map(Stream.Proof::peer)
          .or(() -> Optional.ofNullable(neighbor.live()))
          .ifPresent(proved::add);
    }
    return proved;
  }

  /**
   * The live peers whose sessions have to end now; asked again, it returns them again until they
   * left.
   */
  List<Cut> toCut(Revocations revocations, long wallMillis) {
    List<Cut> cuts = new ArrayList<>();
    for (Neighbor neighbor : byIdentity.values()) {
      neighbor.inUse().stream()
          .flatMap(peer -> cut(peer, revocations, wallMillis).stream())
          .findFirst()
          .ifPresent(cuts::add);
    }
    return cuts;
  }

  private static Optional<Cut> cut(PeerIdentity peer, Revocations revocations, long wallMillis) {
    Optional<String> revoked = revocations.reasonFor(peer);
    if (revoked.isPresent()) {
      String sentence = peer.label() + " is revoked: " + revoked.get();
      return Optional.of(new Cut(peer, AdmissionRule.REVOKED, sentence));
    }
    if (wallMillis > peer.notAfterMillis()) {
      String ended = " ended " + Instant.ofEpochMilli(peer.notAfterMillis());
      String sentence = "the certificate of " + peer.label() + ended;
      return Optional.of(new Cut(peer, AdmissionRule.EXPIRED, sentence));
    }
    return Optional.empty();
  }
}
