package io.landfall.overlay;

import io.landfall.bgp.PathAttributes;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Rng;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The table: every path of every host, of every peer. Adj-RIB-In and Loc-RIB are one structure,
 * because import either takes a path whole or not at all, and because all paths are of use: a
 * service has as many as it has sites. Which path is best is worked out when asked ({@link
 * BestPath}), from what is in the table and nothing else.
 *
 * <p>Taking or removing a path costs the same however large the table is. What ends many paths at
 * once is noted at their {@link Source}, and makes them no routes at once; they are removed in
 * slices ({@link Backlog}).
 *
 * <p>A path that may be sent to peers is in the {@link Journal}; when it is removed it stays there,
 * no longer live, until every peer has read its withdrawal. Announced again before that, the same
 * object comes back to life: there is never more than one for a (host, source, path identifier).
 */
final class Rib {
  private static final int SMALLEST_BUFFER = 16;

  private final Block block;
  private final OffsetTable<Host> hosts;
  private final PathIndex index;
  private final long countsMultiplier;
  private final AttributeSets sets;
  private final Journal journal = new Journal();
  private final boolean reflector;

  private int[] changed = new int[SMALLEST_BUFFER];
  private int changedCount;
  private long changeSet = 1;

  private final ChangedPaths changedPaths = new ChangedPaths();

  private final PathIds ids = new PathIds();
  private int livePaths;
  private int liveHosts;
  private long visits;
  private long announcements;
  private boolean holding;

  /**
   * An empty table.
   *
   * @param secret what peers do not know, so that they cannot aim at its hashes
   */
  Rib(OverlaySettings config, Rng secret) {
    this.index = new PathIndex(secret);
    this.countsMultiplier = PathIndex.multiplier(secret, 0x9E3779B97F4A7C15L);
    this.block = config.block();
    this.hosts = new OffsetTable<>(config.block().size());
    this.sets = new AttributeSets(config.asn(), config.costs());
    this.reflector = config.reflector();
  }

  Journal journal() {
    return journal;
  }

  AttributeSets attributeSets() {
    return sets;
  }

  /** How many paths it holds, those included that are about to leave it. */
  int livePaths() {
    return livePaths;
  }

  /** How many hosts have a path, one that is about to leave included. */
  int liveHosts() {
    return liveHosts;
  }

  /** How many announcements were taken or refused: what a table can have grown by. */
  long announcements() {
    return announcements;
  }

  /** A number for marking the hosts that one drain has looked at. */
  long nextVisit() {
    return ++visits;
  }

  /** The host at an offset of the block, whether the table has it or not. */
  HostAddress addressOf(int offset) {
    return block.host(offset);
  }

  @Nullable Host host(int offset) {
    return hosts.get(offset);
  }

  /** Calls for every host that has a path, in order of address. */
  void forEachHost(Consumer<Host> action) {
    hosts.forEach(
        host -> {
          if (host.livePaths > 0) {
            action.accept(host);
          }
        });
  }

  /** The first host at an offset of the block or behind it; null when there is none. */
  @Nullable Host nextHost(int fromOffset) {
    return hosts.next(fromOffset);
  }

  /**
   * Calls for some hosts that have a path, in order of address, until they had so many paths.
   *
   * @return the offset to go on from; empty when the table is at its end
   */
  OptionalInt forSomeHosts(int fromOffset, int budgetPaths, Consumer<Host> action) {
    int left = budgetPaths;
    Host host = hosts.next(fromOffset);
    while (host != null && left > 0) {
      if (host.livePaths > 0) {
        action.accept(host);
      }
      left -= 1 + host.livePaths;
      host = hosts.next(host.address.offset() + 1);
    }
    return host == null ? OptionalInt.empty() : OptionalInt.of(host.address.offset());
  }

  /** The shared form of attributes; give it back with {@link #done} once paths were announced. */
  AttributeSet intern(
      Source source, PathAttributes attributes, HostAddress nextHop, int originator) {
    return sets.intern(source, attributes, nextHop, originator);
  }

  /** Takes over other costs; returns the next hops that have another one, by their offsets. */
  NavigableSet<Integer> recost() {
    NavigableSet<Integer> nodes = sets.otherCosts();
    if (!nodes.isEmpty()) {
      hosts.forEach(Host::forgetOrder);
      sets.recost();
    }
    return nodes;
  }

  /** Ends the use of what {@link #intern} gave. */
  void done(AttributeSet set) {
    sets.releaseIfUnused(set);
  }

  /**
   * Takes a path, or new attributes for one (RFC 4271 section 3.1: implicit withdraw).
   *
   * @return the bound that this would be beyond; null when it was taken
   */
  @Nullable ImportRule announce(
      Source from, HostAddress address, int pathId, AttributeSet attributes, long nowNanos) {
    announcements++;
    Path path = index.get(address.offset(), from, pathId);
    if (path != null && path.live && !path.isValid()) {
      // It was no route any longer, and maybe of an earlier session: it leaves before its turn.
      remove(path);
      path = index.get(address.offset(), from, pathId);
    }
    if (path != null && path.live) {
      from.renew(path);
      if (path.attributes != attributes) {
        release(path.attributes);
        attach(path, attributes, nowNanos);
      }
      return null;
    }
    if (from.acceptedPaths >= from.acceptLimit && removeOutdated(from, 1) == 0) {
      return ImportRule.OVER_ACCEPT_LIMIT;
    }
    if (pathId != 0 && countsOf(from).get(address.offset()) >= from.pathsPerHost) {
      from.refusedOne();
      return ImportRule.OVER_PATHS_PER_HOST;
    }
    boolean wasWithdrawn = path != null;
    if (path == null) {
      path = new Path(hostAt(address), from, pathId, ids.take(), attributes);
      index.add(path);
      ids.put(path);
    } else {
      path.from = from;
      path.host.withdrawnPaths--;
    }
    path.live = true;
    from.add(path);
    path.host.link(path);
    count(path, true);
    if (isAdvertisable(path) && wasWithdrawn) {
      journal.forget(path, true);
    }
    attach(path, attributes, nowNanos);
    return null;
  }

  /** A path came, or went. */
  private void count(Path path, boolean came) {
    livePaths += came ? 1 : -1;
    if (path.host.livePaths == (came ? 1 : 0)) {
      liveHosts += came ? 1 : -1;
    }
    path.from.acceptedPaths += came ? 1 : -1;
    // Without add-path (RFC 7911) there is one, of identifier 0, and nothing to count.
    if (path.pathId != 0) {
      if (came) {
        countsOf(path.from).increment(path.host.address.offset());
      } else {
        countsOf(path.from).decrement(path.host.address.offset());
      }
    }
  }

  private PathCounts countsOf(Source source) {
    return source.pathCounts(countsMultiplier);
  }

  private void attach(Path path, AttributeSet attributes, long nowNanos) {
    attributes.references++;
    path.host.change(path, attributes);
    path.learnedAtNanos = nowNanos;
    path.doubted = false;
    if (isAdvertisable(path)) {
      journal.announce(path, false);
    }
    markChanged(path);
  }

  /** Removes a path; does nothing when there is none. */
  void withdraw(Source from, int offset, int pathId) {
    Path path = index.get(offset, from, pathId);
    if (path != null && path.live) {
      remove(path);
    }
  }

  /**
   * Removes paths of a source that are no routes any longer since its session is lost, or since
   * they were not sent again in a refresh. Looks at no more than it removes, and one.
   *
   * @param most how many
   * @return how many were removed; fewer than asked for when there are no more
   */
  int removeOutdated(Source from, int most) {
    int removed = 0;
    Path path = from.oldest();
    while (path != null && removed < most && !from.isFresh(path)) {
      remove(path);
      removed++;
      path = from.oldest();
    }
    return removed;
  }

  /** Takes a path out of the table that is in it. */
  void remove(Path path) {
    Host host = path.host;
    host.unlink(path);
    path.live = false;
    path.from.remove(path);
    count(path, false);
    release(path.attributes);
    markChanged(path);
    if (isAdvertisable(path)) {
      journal.withdraw(path);
      host.withdrawnPaths++;
    } else {
      forget(path);
    }
  }

  /** A path stays that was taken for none meanwhile: it is news again. */
  void keepDoubted(Path path) {
    path.doubted = false;
    if (isAdvertisable(path)) {
      journal.announce(path, false);
    }
    markChanged(path);
  }

  /**
   * Whether announcements wait: the routes of a lost session are leaving the table, and their
   * withdrawals go first.
   */
  boolean isHolding() {
    return holding;
  }

  void setHolding(boolean hold) {
    holding = hold;
  }

  private void release(AttributeSet attributes) {
    attributes.references--;
    sets.releaseIfUnused(attributes);
  }

  /** Whether any peer could ever be sent a path: iBGP does not relay unless it reflects. */
  private boolean isAdvertisable(Path path) {
    return path.from.local || reflector;
  }

  /**
   * Drops withdrawals that every peer has read.
   *
   * @param most how many
   * @return whether there are more
   */
  boolean reclaim(long readByAll, int most) {
    Path oldest = journal.withdrawnHead();
    for (int i = 0; i < most && oldest != null && oldest.sequence <= readByAll; i++) {
      journal.forget(oldest, true);
      oldest.host.withdrawnPaths--;
      forget(oldest);
      dropIfEmpty(oldest.host);
      oldest = journal.withdrawnHead();
    }
    return oldest != null && oldest.sequence <= readByAll;
  }

  private void forget(Path path) {
    index.remove(path);
    ids.free(path);
  }

  /** The route that is sent under this identifier; null when there is none. */
  @Nullable Path pathOf(int outId) {
    Path path = ids.get(outId);
    return path != null && path.isValid() ? path : null;
  }

  /** No path has a greater identifier. */
  int lastPathId() {
    return ids.last();
  }

  /** What listeners of paths receive. */
  ChangedPaths changedPaths() {
    return changedPaths;
  }

  private Host hostAt(HostAddress address) {
    Host host = hosts.get(address.offset());
    if (host == null) {
      host = new Host(address);
      hosts.put(address.offset(), host);
    }
    return host;
  }

  private void dropIfEmpty(Host host) {
    // A host of the current change set stays until the set is taken, so that it is in it once.
    if (host.isEmpty() && host.changedIn != changeSet) {
      hosts.remove(host.address.offset());
    }
  }

  /** Adds a path, and so its host, to the current change set. */
  void markChanged(Path path) {
    changedPaths.add(path);
    Host host = path.host;
    if (host.changedIn == changeSet) {
      return;
    }
    host.changedIn = changeSet;
    if (changedCount == changed.length) {
      changed = Arrays.copyOf(changed, 2 * changedCount);
    }
    changed[changedCount++] = host.address.offset();
  }

  /** The hosts that changed since the last call, each once; begins a new change set. */
  int[] takeChanges() {
    int[] taken = Arrays.copyOf(changed, changedCount);
    changedCount = 0;
    changeSet++;
    for (int offset : taken) {
      Host host = hosts.get(offset);
      if (host == null) {
        throw new InvariantBroken("a host that changed is in the table until the change is taken");
      }
      dropIfEmpty(host);
    }
    if (changed.length > SMALLEST_BUFFER && taken.length < changed.length / 8) {
      changed = new int[Math.max(SMALLEST_BUFFER, changed.length / 2)];
    }
    return taken;
  }
}
