package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where paths come from, and where they may go: this node itself, or one session with a peer. It
 * lives as long as the session, so that a path can never outlive it unnoticed.
 *
 * <p>What ends many paths at once (the session is lost, a refresh has ended, the import policy has
 * changed) is noted here in one place, and whoever reads a path asks {@link #keeps}: none of them
 * is a route from that moment on, although they leave the table in slices ({@link Backlog}).
 */
final class Source {
  final HostAddress identity;
  final int identifier;
  final boolean local;
  final boolean client;

  /** How many paths of this source the table takes. */
  final int acceptLimit;

  /** How many paths of one host the table takes of this source. */
  final int pathsPerHost;

  /** How many bytes of distinct attributes the table takes of this source. */
  final int attributeLimitBytes;

  /** How many bytes the distinct attribute sets of this source occupy ({@link AttributeSet}). */
  int attributeBytes;

  /** How many paths of this source are in the table. */
  int acceptedPaths;

  /** Counts the peer's BoRRs (RFC 7313): a path with an older number was not sent again. */
  int refreshEpoch;

  /** Paths with an older number are no routes any longer. */
  private int keptEpoch;

  /** Where it last named other nodes to be ({@link NamedPlaces}); these are no routes. */
  List<NodeEndpoint> namedPlaces = List.of();

  private boolean lost;

  /** Whether something was refused for want of room that paths about to leave had. */
  private boolean refusedForRoom;

  /** Judges the paths that are in the table until all were looked at; null when none waits. */
  private @Nullable Predicate<Path> judge;

  private int toJudge;

  /** Where judging goes on; null means with the oldest. */
  private @Nullable Path judgeNext;

  /**
   * How many paths of each host this source has where it can have several. Of its own, because the
   * paths of an earlier session with the peer, which may still be leaving, do not count.
   */
  private @Nullable PathCounts pathCounts;

  /** Its paths in the table, linked; the one that was received longest ago first. */
  private @Nullable Path oldest;

  private @Nullable Path newest;

  /** This node itself, whose config bounds what it originates. */
  private Source(HostAddress identity) {
    this.identity = identity;
    this.identifier = BgpIdentifier.of(identity);
    this.local = true;
    this.client = false;
    this.acceptLimit = Integer.MAX_VALUE;
    this.pathsPerHost = Integer.MAX_VALUE;
    this.attributeLimitBytes = Integer.MAX_VALUE;
  }

  private Source(PeerInfo peer, int acceptLimit) {
    boolean others = peer.relation().speaksForOthers();
    this.identity = peer.identity();
    this.identifier = BgpIdentifier.of(identity);
    this.local = false;
    this.client = peer.relation().isClient();
    this.acceptLimit = acceptLimit;
    this.pathsPerHost =
        others
            ? OverlayLimits.PATHS_PER_HOST_OF_A_REFLECTOR
            : OverlayLimits.PATHS_PER_HOST_OF_A_NODE;
    this.attributeLimitBytes = OverlayLimits.attributeBytes(others, acceptLimit);
  }

  static Source local(HostAddress identity) {
    return new Source(identity);
  }

  static Source session(PeerInfo peer, int acceptLimit) {
    return new Source(peer, acceptLimit);
  }

  /** The path that was received longest ago; {@link Path#nextOfSource} leads to the others. */
  @Nullable Path oldest() {
    return oldest;
  }

  /** A path came into the table. */
  void add(Path path) {
    path.refreshEpoch = refreshEpoch;
    Path last = newest;
    path.previousOfSource = last;
    path.nextOfSource = null;
    if (last == null) {
      oldest = path;
    } else {
      last.nextOfSource = path;
    }
    newest = path;
    if (judge != null) {
      // Judging goes round from wherever it was: one more at the end must not cost another's turn.
      toJudge++;
    }
  }

  /** A path that is in the table was received again. */
  void renew(Path path) {
    if (path.refreshEpoch != refreshEpoch) {
      remove(path);
      add(path);
    }
  }

  /** A path left the table. */
  void remove(Path path) {
    Path before = path.previousOfSource;
    Path after = path.nextOfSource;
    if (judgeNext == path) {
      judgeNext = after;
    }
    if (before == null) {
      oldest = after;
    } else {
      before.nextOfSource = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.previousOfSource = before;
    }
    path.previousOfSource = null;
    path.nextOfSource = null;
  }

  /** The session is over, and with it every route that came by it. */
  void lose() {
    lost = true;
  }

  /** What was not sent again since the last BoRR is no route any longer. */
  void keepRefreshed() {
    keptEpoch = refreshEpoch;
  }

  /** Whether there are paths that only wait for their turn to leave. */
  boolean hasOutdated() {
    Path path = oldest;
    return path != null && !isFresh(path);
  }

  /** A bound was reached; maybe because of what is about to leave. */
  void refusedOne() {
    refusedForRoom |= hasOutdated();
  }

  /** Whether what was refused meanwhile should be sent again; asked once. */
  boolean takeRefusedForRoom() {
    boolean refused = refusedForRoom;
    refusedForRoom = false;
    return refused && !lost;
  }

  /**
   * Every path that is in the table now has to pass this; one that does not is no route from here
   * on. Asking again before all were looked at means looking at all again.
   */
  void judgeAgain(Predicate<Path> rule) {
    judge = rule;
    toJudge = acceptedPaths;
  }

  /** The next path to be judged again; null when there is none left. */
  @Nullable Path nextToJudge() {
    Path path = judgeNext == null ? oldest : judgeNext;
    if (toJudge == 0 || lost || path == null) {
      judge = null;
      return null;
    }
    toJudge--;
    judgeNext = path.nextOfSource;
    return path;
  }

  /** Whether a path of the table that came from here is a route still. */
  boolean keeps(Path path) {
    if (!isFresh(path)) {
      return false;
    }
    if (judge == null || judge.test(path)) {
      return true;
    }
    path.doubted = true;
    return false;
  }

  /** The same before the import policy is asked. */
  boolean isFresh(Path path) {
    return !lost && path.refreshEpoch - keptEpoch >= 0;
  }

  /** How many paths of each host it has, where it can have several. */
  PathCounts pathCounts(long multiplier) {
    PathCounts counts = pathCounts;
    if (counts == null) {
      counts = new PathCounts(multiplier);
      pathCounts = counts;
    }
    return counts;
  }

  boolean isOverAttributeLimit() {
    return attributeBytes > attributeLimitBytes;
  }
}
