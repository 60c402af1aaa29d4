package io.landfall.trust;

import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where nodes might be, and when to try each: discovery, which is not trust.
 *
 * <p>A candidate is an address that the operator named. It gets TLS handshakes and nothing else: a
 * handshake that {@link Admission} admits proves who answers there, and gives it no right to
 * requests, which go where the session of an identity is. While the adjacency with that identity is
 * live its candidates rest; when it is lost they are tried again. A candidate that turns out to be
 * this node, by its very certificate, is remembered and left alone.
 *
 * <p>An endpoint that a peer advertises is no candidate: it is of that peer's own session, lives
 * and ends with it, and is kept there, one for each session.
 *
 * <p>The first attempt is immediate. After a failure the wait is drawn with full jitter below a
 * ceiling that doubles from {@link #FIRST_BACKOFF_NANOS} to {@link #MAX_BACKOFF_NANOS}, so that
 * nodes that lost a peer at the same moment do not come back at the same moment. An adjacency that
 * lasted {@link #STABLE_NANOS} starts the doubling afresh.
 *
 * <p>Single-threaded; opens nothing; the owner dials what is {@link #due} and reports back. Times
 * are monotonic nanoseconds.
 */
public final class Candidates {
  /** The ceiling of the first wait. */
  public static final long FIRST_BACKOFF_NANOS = 250_000_000L;

  /** The ceiling of every wait. */
  public static final long MAX_BACKOFF_NANOS = 15_000_000_000L;

  /** No wait is shorter than this, so that jitter cannot make a busy loop. */
  public static final long MIN_BACKOFF_NANOS = 20_000_000L;

  /** An adjacency that lasted this long was a good one. */
  public static final long STABLE_NANOS = 15_000_000_000L;

  /** The most candidates that are kept, from all sources together. */
  public static final int MAX_CANDIDATES = 4096;

  /** The most attempts that run at a time. */
  public static final int MAX_DIALING = 64;

  private enum State {
    IDLE,
    DIALING,
    CONNECTED,
    FAILED,
    SELF
  }

  private static final class Entry {
    final Endpoint endpoint;
    final CandidateSource source;
    State state = State.IDLE;
    int failures;
    long nextAttemptNanos;
    long connectedAtNanos;
    Optional<PeerIdentity> peer = Optional.empty();
    Optional<String> lastFailure = Optional.empty();

    Entry(Endpoint endpoint, CandidateSource source, long nowNanos) {
      this.endpoint = endpoint;
      this.source = source;
      this.nextAttemptNanos = nowNanos;
    }
  }

  private final Rng rng;
  private final Map<Endpoint, Entry> entries = new LinkedHashMap<>();
  private int dialing;

  /** No candidates yet; the generator draws the jitter. */
  public Candidates(Rng rng) {
    this.rng = rng;
  }

  /**
   * Somebody says that a node might be here.
   *
   * @return whether the candidate is kept: false when a bound is reached
   */
  public boolean offer(Endpoint endpoint, CandidateSource source, long nowNanos) {
    if (entries.containsKey(endpoint)) {
      return true;
    }
    if (entries.size() >= MAX_CANDIDATES) {
      return false;
    }
    entries.put(endpoint, new Entry(endpoint, source, nowNanos));
    return true;
  }

  /**
   * Nobody says any longer that a node might be here. An adjacency over it stays until it ends; the
   * report of an attempt that is still running is ignored when it comes.
   */
  public void forget(Endpoint endpoint) {
    Entry entry = entries.remove(endpoint);
    if (entry != null) {
      dialing -= entry.state == State.DIALING ? 1 : 0;
    }
  }

  /** The candidates to dial now, longest waiting first as far as the bound on attempts allows. */
  public List<Endpoint> due(long nowNanos) {
    List<Entry> due = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (isWaiting(entry) && nowNanos - entry.nextAttemptNanos >= 0) {
        due.add(entry);
      }
    }
    due.sort((a, b) -> Long.signum(a.nextAttemptNanos - b.nextAttemptNanos));
    return due.stream().limit(Math.max(0, MAX_DIALING - dialing)).map(e -> e.endpoint).toList();
  }

  private static boolean isWaiting(Entry entry) {
    return entry.state == State.IDLE || entry.state == State.FAILED;
  }

  /** When {@link #due} will next have something to give; {@code Long.MAX_VALUE} when never. */
  public long deadlineNanos(long nowNanos) {
    if (dialing >= MAX_DIALING) {
      return Long.MAX_VALUE;
    }
    long waitNanos = Long.MAX_VALUE;
    for (Entry entry : entries.values()) {
      if (isWaiting(entry)) {
        waitNanos = Math.min(waitNanos, Math.max(0, entry.nextAttemptNanos - nowNanos));
      }
    }
    return waitNanos == Long.MAX_VALUE ? Long.MAX_VALUE : nowNanos + waitNanos;
  }

  /** An attempt has begun. */
  public void dialStarted(Endpoint endpoint) {
    Entry entry = entries.get(endpoint);
    if (entry == null) {
      return;
    }
    if (!isWaiting(entry)) {
      throw new InvariantBroken("a candidate is dialled only while it waits: " + endpoint);
    }
    entry.state = State.DIALING;
    dialing++;
  }

  /** An attempt failed, before or in the handshake; the reason is shown to people. */
  public void dialFailed(Endpoint endpoint, String reason, long nowNanos) {
    Entry entry = entries.get(endpoint);
    if (entry != null && entry.state == State.DIALING) {
      dialing--;
      fail(entry, reason, nowNanos);
    }
  }

  /** An attempt reached this node itself: the candidate is not dialled again. */
  public void wasOurselves(Endpoint endpoint) {
    Entry entry = entries.get(endpoint);
    if (entry != null && entry.state == State.DIALING) {
      dialing--;
      entry.state = State.SELF;
      entry.lastFailure = Optional.empty();
    }
  }

  /** An attempt reached a peer that was admitted. */
  public void connected(Endpoint endpoint, PeerIdentity peer, long nowNanos) {
    Entry entry = entries.get(endpoint);
    if (entry != null && entry.state == State.DIALING) {
      dialing--;
      entry.state = State.CONNECTED;
      entry.peer = Optional.of(peer);
      entry.connectedAtNanos = nowNanos;
      entry.lastFailure = Optional.empty();
    }
  }

  /**
   * The adjacency with this identity has ended, or what was dialled did not become one: its
   * candidates are tried again.
   */
  public void adjacencyLost(HostAddress identity, String reason, long nowNanos) {
    for (Entry entry : entries.values()) {
      if (entry.state == State.CONNECTED
          && entry.peer.filter(peer -> peer.identity().equals(identity)).isPresent()) {
        if (nowNanos - entry.connectedAtNanos >= STABLE_NANOS) {
          entry.failures = 0;
        }
        fail(entry, reason, nowNanos);
      }
    }
  }

  private void fail(Entry entry, String reason, long nowNanos) {
    long ceiling = MAX_BACKOFF_NANOS;
    if (entry.failures < 6) {
      ceiling = Math.min(ceiling, FIRST_BACKOFF_NANOS << entry.failures);
    }
    entry.failures = Math.min(entry.failures + 1, 1_000_000);
    entry.state = State.FAILED;
    entry.lastFailure = Optional.of(reason);
    entry.nextAttemptNanos = nowNanos + Math.max(MIN_BACKOFF_NANOS, rng.nextLong(ceiling));
  }

  /**
   * The ports at which this very certificate answered, each once, as long as those candidates are
   * connected: hints for a session that came in, whose own remote port is not one to dial.
   */
  public List<Integer> portsOf(PeerIdentity peer) {
    return entries.values().stream()
        .filter(entry -> entry.state == State.CONNECTED)
        .filter(
            entry -> entry.peer.filter(p -> p.fingerprint().equals(peer.fingerprint())).isPresent())
        .map(entry -> entry.endpoint.port())
        .distinct()
        .toList();
  }

  /** Every candidate, in the order in which they were first mentioned. */
  public List<CandidateView> view(long nowNanos) {
    List<CandidateView> views = new ArrayList<>(entries.size());
    for (Entry entry : entries.values()) {
      Optional<Long> next =
          isWaiting(entry)
              ? Optional.of(Math.max(0, entry.nextAttemptNanos - nowNanos) / 1_000_000L)
              : Optional.empty();
      views.add(
          new CandidateView(
              entry.endpoint,
              entry.source,
              entry.state.name().toLowerCase(Locale.ROOT),
              entry.peer,
              entry.lastFailure,
              entry.failures,
              next));
    }
    return views;
  }
}
