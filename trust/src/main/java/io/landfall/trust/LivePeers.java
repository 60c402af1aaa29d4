package io.landfall.trust;

import io.landfall.core.HostAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The peers with which an adjacency is live, and the rules that end one although its connection is
 * well: the certificate has run out, the peer was revoked, or somebody else already holds its
 * identity or its name.
 *
 * <p>Admission looks at a certificate once, at the handshake. A session can outlive that, so the
 * owner asks {@link #toCut} at least every {@link #CHECK_INTERVAL_MILLIS} and after every reload of
 * the revocations. Single-threaded; wall-clock milliseconds, since certificates are in wall time.
 */
public final class LivePeers {
  /**
   * How often {@link #toCut} has to be asked, so that no session outlives its certificate by 60 s.
   */
  public static final long CHECK_INTERVAL_MILLIS = 5_000;

  /** The most peers that are live at a time. */
  public static final int MAX_PEERS = 4096;

  /** What became of a peer that wants to be live. */
  public sealed interface Joining {
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
  public record Cut(PeerIdentity peer, AdmissionRule rule, String sentence) {}

  private final TreeMap<HostAddress, PeerIdentity> live = new TreeMap<>();

  /** Nobody is live yet. */
  public LivePeers() {}

  /** A peer's handshake finished and it was admitted; may it become, or stay, an adjacency? */
  public Joining join(PeerIdentity peer) {
    PeerIdentity holder = live.get(peer.identity());
    if (holder == null && live.size() >= MAX_PEERS) {
      return new Joining.Full("there are already " + MAX_PEERS + " live peers");
    }
    for (PeerIdentity other : live.values()) {
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
    // A node that renewed its certificate comes with a later end; the later one counts.
    if (holder == null || peer.notAfterMillis() >= holder.notAfterMillis()) {
      live.put(peer.identity(), peer);
    }
    return new Joining.Joined();
  }

  /** The adjacency with this identity has ended. */
  public void leave(HostAddress identity) {
    live.remove(identity);
  }

  /** The live peer with this identity. */
  public Optional<PeerIdentity> peer(HostAddress identity) {
    return Optional.ofNullable(live.get(identity));
  }

  /** The live peers by identity. */
  public List<PeerIdentity> peers() {
    return List.copyOf(live.values());
  }

  /**
   * The live peers whose sessions have to end now; asked again, it says so again until they left.
   */
  public List<Cut> toCut(Revocations revocations, long wallMillis) {
    List<Cut> cuts = new ArrayList<>();
    for (PeerIdentity peer : live.values()) {
      Optional<String> revoked = revocations.reasonFor(peer);
      if (revoked.isPresent()) {
        cuts.add(
            new Cut(peer, AdmissionRule.REVOKED, peer.label() + " is revoked: " + revoked.get()));
      } else if (wallMillis > peer.notAfterMillis()) {
        cuts.add(
            new Cut(
                peer,
                AdmissionRule.EXPIRED,
                "the certificate of "
                    + peer.label()
                    + " ended "
                    + Instant.ofEpochMilli(peer.notAfterMillis())));
      }
    }
    return cuts;
  }
}
