package io.landfall.overlay;

import io.landfall.overlay.OverlayEffect.Cause;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one event leaves to be done to many paths of the table, worked off in slices: a step of the
 * overlay does one, and the next step goes on ({@link #hasMore}).
 *
 * <p>Nothing is true only once the work is done. What ends many routes at once is noted at their
 * {@link Source} or next hop, and whoever reads asks there; so they are no routes from that moment
 * on, and what is left to do is to take them out of the table, to send the withdrawals, and to
 * report it. A path that its peer sends again meanwhile, in the same session or a later one, is a
 * new one.
 *
 * <p>Paths of lost sessions go first. Announcements wait for the first loss ({@link
 * Rib#isHolding}), but not for those that come while it is worked off: a peer whose session comes
 * and goes without end cannot keep updates from the others. A step removes {@link #SLICE_PATHS},
 * and as many as were announced in it; so the table never holds more than its bounds allow, however
 * fast lost sessions come back.
 */
final class Backlog {
  /** How many paths one step removes, or reports as changed, beside what the event itself did. */
  static final int SLICE_PATHS = 512;

  /** Looking at so many paths costs as much as removing one. */
  static final int LOOKS_PER_PATH = 16;

  /** Receives what changed in the table since the last report. */
  interface Report {
    void changed(Cause cause, Optional<Peer> peer);
  }

  /** The paths of a source that are no routes any longer. */
  private record Outdated(Source source, Cause cause, Peer peer) {}

  /** A source whose paths are judged again. */
  private record Judged(Source source, Predicate<Path> rule, Cause cause, Optional<Peer> peer) {}

  /** The paths with one next hop, of which it has to be reported that it came or went. */
  private static final class NextHop {
    final int node;
    Cause cause;
    Optional<Peer> peer;
    int at;

    /** Paths with greater identifiers came later, and are reported by that. */
    int last;

    int left;

    NextHop(int node, Cause cause, Optional<Peer> peer) {
      this.node = node;
      this.cause = cause;
      this.peer = peer;
    }
  }

  private final int slicePaths;
  private final Rib rib;
  private final ImportPolicy importPolicy;
  private final Report report;
  private final Consumer<Peer> askAgain;

  /** The loss that announcements wait for. */
  private @Nullable Outdated held;

  /** The newest is worked off first, so that no two sessions of a peer wait behind each other. */
  private final ArrayDeque<Outdated> outdated = new ArrayDeque<>();

  private final Map<Source, Judged> judged = new LinkedHashMap<>();
  private final Map<Integer, NextHop> nextHops = new LinkedHashMap<>();

  /** What the present step may do, in looks. */
  private int left;

  private long announcementsBefore;
  private long done;

  /** What changed and was not reported. */
  private @Nullable Cause cause;

  private Optional<Peer> peer = Optional.empty();

  /**
   * With nothing to do.
   *
   * @param slicePaths as {@link #SLICE_PATHS}
   * @param askAgain asks a peer to send again what was refused for want of room
   */
  Backlog(
      int slicePaths, Rib rib, ImportPolicy importPolicy, Report report, Consumer<Peer> askAgain) {
    this.slicePaths = slicePaths;
    this.rib = rib;
    this.importPolicy = importPolicy;
    this.report = report;
    this.askAgain = askAgain;
  }

  /** A step begins. */
  void begin() {
    left = slicePaths * LOOKS_PER_PATH;
    announcementsBefore = rib.announcements();
  }

  /** What the event itself led to is done and reported. */
  void goOn() {
    left += (int) (rib.announcements() - announcementsBefore) * LOOKS_PER_PATH;
    announcementsBefore = rib.announcements();
    run();
  }

  /** Whether another step is wanted at once. */
  boolean hasMore() {
    return held != null || !outdated.isEmpty() || !judged.isEmpty() || !nextHops.isEmpty();
  }

  /** How many looks were done since the start: what it costs. */
  long done() {
    return done;
  }

  /** A session is lost; what changed before is reported. */
  void lost(Source source, Peer sender) {
    source.lose();
    judged.remove(source);
    outdated.removeIf(each -> each.source == source);
    Outdated loss = new Outdated(source, Cause.SESSION_LOST, sender);
    if (source.oldest() == null) {
      return;
    }
    if (held == null && outdated.isEmpty()) {
      held = loss;
      rib.setHolding(true);
    } else {
      outdated.push(loss);
    }
    run();
  }

  /** A refresh has ended: what was not sent again is to go. */
  void refreshed(Source source, Peer sender) {
    source.keepRefreshed();
    if (source.hasOutdated() && outdated.stream().noneMatch(each -> each.source == source)) {
      outdated.push(new Outdated(source, Cause.UPDATE, sender));
    }
    run();
  }

  /** Which peers may send what has changed, or which need to; what changed before is reported. */
  void judgeAgain(Peer sender, Source source, Cause why, Optional<Peer> whose) {
    boolean ofReflector = sender.info.relation() == PeerInfo.Relation.REFLECTOR;
    Predicate<Path> rule = path -> importPolicy.mayStay(path, ofReflector);
    source.judgeAgain(rule);
    judged.put(source, new Judged(source, rule, why, whose));
    run();
  }

  /** A next hop became usable or unusable; what changed before is reported. */
  void nextHopChanged(int node, Cause why, Optional<Peer> whose) {
    NextHop work = nextHops.computeIfAbsent(node, n -> new NextHop(n, why, whose));
    work.cause = why;
    work.peer = whose;
    work.last = rib.lastPathId();
    work.left = work.last;
    run();
  }

  private void run() {
    int before = left;
    while (left > 0 && hasMore()) {
      slice();
    }
    done += before - left;
    flush();
  }

  private void slice() {
    Outdated first = held;
    if (first != null) {
      if (removed(first)) {
        held = null;
        rib.setHolding(false);
      }
    } else if (!outdated.isEmpty()) {
      Outdated newest = outdated.getFirst();
      if (removed(newest)) {
        outdated.remove(newest);
        if (newest.source.takeRefusedForRoom()) {
          askAgain.accept(newest.peer);
        }
      }
    } else if (!judged.isEmpty()) {
      Judged work = judged.values().iterator().next();
      if (judge(work)) {
        judged.remove(work.source);
      }
    } else {
      NextHop work = nextHops.values().iterator().next();
      if (mark(work)) {
        nextHops.remove(work.node);
      }
    }
  }

  /** Removes paths; whether none is left. */
  private boolean removed(Outdated work) {
    reportAs(work.cause, Optional.of(work.peer));
    int most = Math.max(1, left / LOOKS_PER_PATH);
    int removed = rib.removeOutdated(work.source, most);
    left -= (1 + removed) * LOOKS_PER_PATH;
    return !work.source.hasOutdated();
  }

  private boolean judge(Judged work) {
    reportAs(work.cause, work.peer);
    while (left > 0) {
      Path path = work.source.nextToJudge();
      if (path == null) {
        return true;
      }
      left--;
      if (!work.rule.test(path)) {
        rib.remove(path);
        left -= LOOKS_PER_PATH;
      } else if (path.doubted) {
        rib.keepDoubted(path);
        left -= LOOKS_PER_PATH;
      }
    }
    return false;
  }

  private boolean mark(NextHop work) {
    reportAs(work.cause, work.peer);
    while (left > 0 && work.left > 0) {
      work.left--;
      left--;
      work.at = work.at >= work.last ? 1 : work.at + 1;
      Path path = rib.pathOf(work.at);
      if (path != null && path.attributes.nextHop.offset() == work.node) {
        rib.markChanged(path);
        left -= LOOKS_PER_PATH;
      }
    }
    return work.left == 0;
  }

  /** What changes from here on has this cause; what has another is reported. */
  private void reportAs(Cause why, Optional<Peer> whose) {
    if (cause != null && (cause != why || !peer.equals(whose))) {
      flush();
    }
    cause = why;
    peer = whose;
  }

  private void flush() {
    Cause why = cause;
    if (why != null) {
      cause = null;
      report.changed(why, peer);
    }
  }
}
