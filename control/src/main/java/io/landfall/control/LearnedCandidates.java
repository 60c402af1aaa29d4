package io.landfall.control;

import io.landfall.core.Backoff;
import io.landfall.core.HostAddress;
import io.landfall.core.Rng;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Candidates that peers name and the operator does not: how many there may be, how often they are
 * tried, and when they are forgotten. Whoever has one node's key can name any place, so none of
 * these bounds is a peer's to move.
 *
 * <p>A place is a candidate while a peer names it; what {@link #KEPT_NANOS} describes comes after.
 * It is never tried more often because it was named again. All of them together are dialled {@link
 * #BURST} times at once and then once in {@link #INTERVAL_NANOS}.
 */
final class LearnedCandidates {
  /** The most places that are kept. */
  static final int MAX_LEARNED = 1024;

  /**
   * The most places at one address: several nodes may be behind one address translation, and no
   * peer can have the ports of a host tried through.
   */
  static final int MAX_PER_ADDRESS = 8;

  /** The most attempts that run at a time. */
  static final int MAX_DIALING = 16;

  /** How many attempts are made at once after a quiet time: what one peer may name. */
  static final int BURST = 32;

  /** One attempt in this time is the most that goes on for long. */
  static final long INTERVAL_NANOS = 1_000_000_000L;

  /**
   * For how long a place is remembered that no peer names and where no adjacency is live. One at
   * which a node was found is tried on meanwhile, so that two nodes that lose each other and the
   * one that made them known find each other again; any other is remembered for its failures only.
   */
  static final long KEPT_NANOS = 600_000_000_000L;

  /** How long to wait for a place at which no node was found yet. */
  static final Backoff.Limits WAITS =
      new Backoff.Limits(20_000_000L, 1_000_000_000L, 240_000_000_000L);

  private final Map<Endpoint, CandidateEntry> entries;
  private final Rng rng;

  /** What each peer names; bounded by the live peers and what one may name. */
  private final TreeMap<HostAddress, Set<Endpoint>> words = new TreeMap<>();

  /** How many places there are at each address. */
  private final Map<String, Integer> perAddress = new LinkedHashMap<>();

  private int count;
  private int dialing;
  private boolean everDialed;

  /** When all of a burst may be dialled again. */
  private long rested;

  /** None yet; they are kept among the entries of the table. */
  LearnedCandidates(Map<Endpoint, CandidateEntry> entries, Rng rng) {
    this.entries = entries;
    this.rng = rng;
  }

  /** How many of the table's entries are of these. */
  int count() {
    return count;
  }

  /**
   * A peer names these places, and no others any more.
   *
   * @param adjacent which node this one is adjacent to at a place, on a channel that is up
   * @return the places that are forgotten to make room
   */
  List<Endpoint> named(
      HostAddress by,
      Collection<Endpoint> places,
      Function<Endpoint, Optional<PeerIdentity>> adjacent,
      long nowNanos) {
    Set<Endpoint> before = words.getOrDefault(by, Set.of());
    Set<Endpoint> now = new LinkedHashSet<>(places);
    if (now.isEmpty()) {
      words.remove(by);
    } else {
      words.put(by, now);
    }
    for (Endpoint place : before) {
      CandidateEntry candidate = entries.get(place);
      if (!now.contains(place)
          && candidate != null
          && candidate.namedBy.remove(by)
          && candidate.namedBy.isEmpty()) {
        candidate.unnamedSinceNanos = nowNanos;
      }
    }
    List<Endpoint> gone = new ArrayList<>();
    for (Endpoint place : now) {
      CandidateEntry known = entries.get(place);
      CandidateEntry candidate =
          known == null && hasRoom(place, gone)
              ? add(place, adjacent.apply(place), nowNanos)
              : known;
      if (candidate != null && candidate.isLearned) {
        candidate.namedBy.add(by);
      }
    }
    return gone;
  }

  private CandidateEntry add(Endpoint place, Optional<PeerIdentity> adjacent, long nowNanos) {
    CandidateEntry added = new CandidateEntry(place, new Backoff(WAITS, rng), nowNanos);
    adjacent.ifPresent(peer -> added.connected(peer, nowNanos));
    added.isLearned = true;
    entries.put(place, added);
    perAddress.merge(place.host(), 1, Integer::sum);
    count++;
    return added;
  }

  private boolean hasRoom(Endpoint place, List<Endpoint> gone) {
    boolean mayAdd = perAddress.getOrDefault(place.host(), 0) < MAX_PER_ADDRESS;
    if (mayAdd && count >= MAX_LEARNED) {
      Optional<CandidateEntry> oldest =
          entries.values().stream()
              .filter(LearnedCandidates::isForgettable)
              .min((a, b) -> Long.signum(a.unnamedSinceNanos - b.unnamedSinceNanos));
      oldest.ifPresent(candidate -> gone.add(forget(candidate)));
    }
    return mayAdd && count < MAX_LEARNED;
  }

  private static boolean isForgettable(CandidateEntry candidate) {
    return candidate.isLearned && candidate.namedBy.isEmpty() && !candidate.isBusy();
  }

  private Endpoint forget(CandidateEntry candidate) {
    entries.remove(candidate.endpoint);
    adopted(candidate);
    return candidate.endpoint;
  }

  /** The place is none of these any more. */
  void adopted(CandidateEntry candidate) {
    if (candidate.isLearned) {
      candidate.isLearned = false;
      candidate.namedBy.clear();
      count--;
      dialing -= candidate.state == CandidateEntry.State.DIALING ? 1 : 0;
      perAddress.computeIfPresent(
          candidate.endpoint.host(), (address, places) -> places > 1 ? places - 1 : null);
    }
  }

  /** Forgets the places that no peer has named for long, and returns them. */
  List<Endpoint> forgetOld(long nowNanos) {
    List<CandidateEntry> old =
        entries.values().stream()
            .filter(LearnedCandidates::isForgettable)
            .filter(candidate -> nowNanos - candidate.unnamedSinceNanos >= KEPT_NANOS)
            .toList();
    return old.stream().map(this::forget).toList();
  }

  /** How many may be dialled now. */
  int mayDial(long nowNanos) {
    long owed = everDialed ? Math.max(0, rested - nowNanos) : 0;
    long taken = (owed + INTERVAL_NANOS - 1) / INTERVAL_NANOS;
    return (int) Math.max(0, Math.min(MAX_DIALING - dialing, BURST - taken));
  }

  /** One is dialled. */
  void dialStarted(long nowNanos) {
    dialing++;
    boolean quiet = !everDialed || rested - nowNanos < 0;
    rested = (quiet ? nowNanos : rested) + INTERVAL_NANOS;
    everDialed = true;
  }

  /** An attempt has ended. */
  void dialEnded() {
    dialing--;
  }

  /** When one that wants to be dialled at this time may be; never earlier than that. */
  long notBefore(long wantedNanos) {
    long free = rested - (BURST - 1) * INTERVAL_NANOS;
    return everDialed && free - wantedNanos > 0 ? free : wantedNanos;
  }

  /** Whether an attempt that ends has to come before another. */
  boolean isFull() {
    return dialing >= MAX_DIALING;
  }
}
