package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one peer is sent: a reader of the {@link Journal}.
 *
 * <p>A drain reads the withdrawn list to its end before it looks at the announced one (which waits
 * too while the routes of a lost session are leaving the table: {@link Rib#isHolding}), collects
 * what it finds by attribute set, and stops when its budget is used up; the next one goes on there.
 * It is called only while the peer's stream takes bytes, so a slow peer simply falls behind in the
 * journal, and finds each (host, path) there once, in its latest state.
 *
 * <p>Three ways of advertising. With add-path (RFC 7911), or where this node sends nothing but its
 * own routes, every path is sent as it is. A reflector sends a peer without add-path one path per
 * host, the best of those that may go there, and must remember which ({@code sentBest}); and
 * likewise the few best to a peer that limits the paths it takes ({@link AdvertisedPaths}).
 *
 * <p>A turn has a budget of routes, and looking at a path that is not sent costs a part of one: so
 * a turn ends in time however many paths a host has, and whatever became of the next hops.
 *
 * <p>End-of-RIB (RFC 4724) follows once the peer has read all there is, and once this node knows
 * its own services; EoRR (RFC 7313) likewise after a refresh.
 */
final class AdjRibOut {
  /** What all readers share. */
  record Shared(
      Rib rib, UsableNextHops nextHops, int ownIdentifier, boolean reflector, Family family) {}

  /** Looking at so many paths costs as much as sending one. */
  private static final int LOOKS_PER_ROUTE = 16;

  private final Shared shared;
  private final Journal journal;
  private final Source target;
  private final boolean addPath;
  private final @Nullable OffsetTable<AttributeSet> sentBest;
  private final @Nullable AdvertisedPaths advertisedPaths;

  private long announcedRead;
  private long withdrawnRead;

  /** The furthest that this peer ever read: a path that is newer was never sent to it. */
  private long furthest;

  private @Nullable Path resumeAt;
  private long resumeSequence;

  private boolean endOfRibSent;
  private boolean refreshAsked;
  private boolean refreshing;

  /** Hosts from here on, and round again, have yet to be looked at because next hops changed. */
  private int reconsiderAt;

  /** How many places of the block that is; 0 when all were looked at. */
  private int reconsiderLeft;

  private final int blockSize;

  private final List<AttributeSet> groups = new ArrayList<>();

  private long looked;

  /** Marks the hosts that this drain has looked at. */
  private long visit;

  private long announcementsSent;
  private long withdrawalsSent;

  /**
   * @param pathsLimit with add-path, how many paths of a host the peer takes; 0 for any number
   */
  AdjRibOut(Shared shared, Source target, boolean addPath, int pathsLimit, int blockSize) {
    this.shared = shared;
    this.journal = shared.rib().journal();
    this.target = target;
    this.addPath = addPath;
    this.blockSize = blockSize;
    this.sentBest = addPath || !shared.reflector() ? null : new OffsetTable<>(blockSize);
    this.advertisedPaths =
        addPath && shared.reflector() && pathsLimit > 0
            ? new AdvertisedPaths(pathsLimit, blockSize)
            : null;
    this.withdrawnRead = journal.lastSequence();
  }

  boolean endOfRibSent() {
    return endOfRibSent;
  }

  long announcementsSent() {
    return announcementsSent;
  }

  long withdrawalsSent() {
    return withdrawalsSent;
  }

  /** How many paths were looked at to choose what is sent: what choosing costs. */
  long pathsLookedAt() {
    return looked;
  }

  /** Every withdrawal up to here was read. */
  long withdrawnRead() {
    return withdrawnRead;
  }

  /** The peer asked for everything again; asking twice before it has begun is asking once. */
  void askRefresh() {
    refreshAsked = true;
  }

  /** Next hops came or went, so that the best path of any host may be another. */
  void reconsider() {
    reconsiderLeft = sentBest != null || advertisedPaths != null ? blockSize : 0;
  }

  /** Whether everything up to a place in the journal has been handed to the session. */
  boolean hasRead(long sequence) {
    return announcedRead >= sequence && withdrawnRead >= sequence;
  }

  boolean hasPending(boolean servicesEvaluated) {
    return refreshAsked
        || refreshing
        || reconsiderLeft > 0
        || !hasRead(journal.lastSequence())
        || (servicesEvaluated && !endOfRibSent);
  }

  /**
   * Sends at most {@code budget} routes, and the markers that are due.
   *
   * @return what is left of the budget, at least 0
   */
  int drain(Outbox out, int budget, boolean servicesEvaluated) {
    visit = shared.rib().nextVisit();
    if (refreshAsked) {
      refreshAsked = false;
      refreshing = true;
      announcedRead = 0;
      resumeAt = null;
      out.refreshMarker(Outbox.BEGIN_OF_REFRESH);
    }
    boolean allPaths = sentBest == null && advertisedPaths == null;
    int left = allPaths ? drainAllPaths(out, budget) : drainBestPaths(out, budget);
    furthest = Math.max(furthest, announcedRead);
    // Not before all is read: a route that changed meanwhile has moved to the end of the journal,
    // and a peer that saw the marker first would think it gone.
    boolean upToDate = hasRead(journal.lastSequence()) && reconsiderLeft == 0;
    if (refreshing && upToDate) {
      refreshing = false;
      out.refreshMarker(Outbox.END_OF_REFRESH);
    }
    if (!endOfRibSent && upToDate && servicesEvaluated) {
      endOfRibSent = true;
      out.update(
          new UpdateMessage<>(
              List.of(), List.of(), Optional.empty(), List.of(), Optional.of(shared.family())));
    }
    return Math.max(0, left);
  }

  private int drainAllPaths(Outbox out, int budget) {
    int left = budget;
    List<Nlri<HostAddress>> withdrawals = new ArrayList<>();
    Path path = journal.firstWithdrawnAfter(withdrawnRead);
    while (path != null && left > 0) {
      if (wasSent(path)) {
        withdrawals.add(nlri(path));
      }
      left--;
      withdrawnRead = path.sequence;
      path = path.journalNext;
    }
    if (path != null) {
      sendWithdrawals(out, withdrawals);
      return left;
    }
    withdrawnRead = journal.lastSequence();
    if (shared.rib().isHolding()) {
      sendWithdrawals(out, withdrawals);
      return left;
    }
    path = nextAnnounced();
    while (path != null && left > 0) {
      if (mayGo(path)) {
        collect(path.attributes, nlri(path));
      } else if (path.isValid() && wasSent(path)) {
        withdrawals.add(nlri(path));
      }
      left--;
      announcedRead = path.sequence;
      path = path.journalNext;
    }
    sendWithdrawals(out, withdrawals);
    sendGroups(out);
    stopAt(path);
    return left;
  }

  private int drainBestPaths(Outbox out, int budget) {
    int left = budget;
    List<Nlri<HostAddress>> withdrawals = new ArrayList<>();
    Path withdrawn = journal.firstWithdrawnAfter(withdrawnRead);
    while (withdrawn != null && left > 0) {
      left -= 1 + sendHost(withdrawn.host, withdrawals);
      withdrawnRead = withdrawn.sequence;
      withdrawn = withdrawn.journalNext;
    }
    if (withdrawn == null) {
      withdrawnRead = journal.lastSequence();
    }
    if (withdrawn == null && !shared.rib().isHolding()) {
      Path announced = nextAnnounced();
      while (announced != null && left > 0) {
        left -= 1 + sendHost(announced.host, withdrawals);
        announcedRead = announced.sequence;
        announced = announced.journalNext;
      }
      stopAt(announced);
      left = reconsider(left, withdrawals);
    }
    sendWithdrawals(out, withdrawals);
    sendGroups(out);
    return left;
  }

  private int reconsider(int budget, List<Nlri<HostAddress>> withdrawals) {
    int left = budget;
    while (reconsiderLeft > 0 && left > 0) {
      Host host = shared.rib().nextHost(reconsiderAt);
      int places = (host == null ? blockSize : host.address.offset() + 1) - reconsiderAt;
      if (host != null && places <= reconsiderLeft) {
        left -= 1 + sendHost(host, withdrawals);
      }
      reconsiderLeft -= Math.min(places, reconsiderLeft);
      reconsiderAt = (reconsiderAt + places) % blockSize;
    }
    return left;
  }

  /** Sends what differs, and returns what looking cost beside that. */
  private int sendHost(Host host, List<Nlri<HostAddress>> withdrawals) {
    if (host.visitedIn == visit) {
      return 0;
    }
    host.visitedIn = visit;
    long before = looked + host.passedOver;
    if (advertisedPaths != null) {
      sendPreferred(host, advertisedPaths, withdrawals);
    } else if (sentBest != null) {
      sendBest(host, sentBest, withdrawals);
    }
    return (int) (looked + host.passedOver - before) / LOOKS_PER_ROUTE;
  }

  private boolean lookAt(Path path) {
    looked++;
    return mayGo(path);
  }

  private void sendPreferred(Host host, AdvertisedPaths sent, List<Nlri<HostAddress>> withdrawals) {
    List<Path> mayGo = new ArrayList<>();
    for (Path path : host.inOrder(shared.nextHops())) {
      if (mayGo.size() == sent.limit()) {
        break;
      }
      if (lookAt(path)) {
        mayGo.add(path);
      }
    }
    sent.update(
        host.address,
        mayGo,
        refreshing,
        new AdvertisedPaths.Sink() {
          @Override
          public void withdraw(Nlri<HostAddress> route) {
            withdrawals.add(route);
          }

          @Override
          public void announce(AttributeSet attributes, Nlri<HostAddress> route) {
            collect(attributes, route);
          }
        });
  }

  private void sendBest(
      Host host, OffsetTable<AttributeSet> sent, List<Nlri<HostAddress>> withdrawals) {
    int offset = host.address.offset();
    AttributeSet before = sent.get(offset);
    Path best = BestPath.best(host, shared.nextHops(), this::lookAt);
    if (best == null) {
      if (before != null) {
        withdrawals.add(new Nlri<>(host.address, 0));
        sent.remove(offset);
      }
    } else if (best.attributes != before || refreshing) {
      collect(best.attributes, new Nlri<>(host.address, 0));
      sent.put(offset, best.attributes);
    }
  }

  private @Nullable Path nextAnnounced() {
    Path resume = resumeAt;
    if (resume != null && resume.live && resume.sequence == resumeSequence) {
      return resume;
    }
    return journal.firstAnnouncedAfter(announcedRead);
  }

  /** Remembers where the next drain goes on; null means that all was read. */
  private void stopAt(@Nullable Path next) {
    resumeAt = next;
    if (next == null) {
      announcedRead = journal.lastSequence();
    } else {
      resumeSequence = next.sequence;
      announcedRead = next.sequence - 1;
    }
  }

  /** Whether a path may be sent to this peer: by where it is from, and by its communities. */
  private boolean mayGo(Path path) {
    return path.isValid()
        && (path.from.local
            || (isReflected(path)
                && path.attributes.originator != target.identifier
                && !path.attributes.noAdvertise));
  }

  /**
   * Whether a path may have been sent to this peer before. What it carries now does not count: it
   * may have gone there with other attributes than those with which it must not.
   */
  private boolean wasSent(Path path) {
    return path.firstSequence <= furthest && (path.from.local || isReflected(path));
  }

  /** Whether what its sender advertises is reflected to this peer (RFC 4456 section 6). */
  private boolean isReflected(Path path) {
    return shared.reflector()
        && path.from.identity.offset() != target.identity.offset()
        && (path.from.client || target.client);
  }

  private Nlri<HostAddress> nlri(Path path) {
    return new Nlri<>(path.host.address, addPath ? path.outId : 0);
  }

  private void collect(AttributeSet attributes, Nlri<HostAddress> route) {
    ArrayList<Nlri<HostAddress>> batch = attributes.batch;
    if (batch == null) {
      batch = new ArrayList<>();
      attributes.batch = batch;
      groups.add(attributes);
    }
    batch.add(route);
  }

  private void sendWithdrawals(Outbox out, List<Nlri<HostAddress>> withdrawals) {
    if (!withdrawals.isEmpty()) {
      withdrawalsSent += withdrawals.size();
      out.update(
          new UpdateMessage<>(
              withdrawals, List.of(), Optional.empty(), List.of(), Optional.empty()));
    }
  }

  private void sendGroups(Outbox out) {
    for (AttributeSet group : groups) {
      List<Nlri<HostAddress>> routes = group.batch == null ? List.of() : group.batch;
      group.batch = null;
      announcementsSent += routes.size();
      PathAttributes attributes =
          group.originator == shared.ownIdentifier()
              ? group.received
              : group.reflectedBy(shared.ownIdentifier());
      out.update(
          new UpdateMessage<>(
              List.of(), routes, Optional.of(attributes), List.of(), Optional.empty()));
    }
    groups.clear();
  }
}
