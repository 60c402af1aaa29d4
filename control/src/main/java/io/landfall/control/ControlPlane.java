package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.bfd.PathLiveness;
import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.core.Machine;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalEvent;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Plane two of one node as one machine: what happens on streams, in handshakes, on paths and to
 * this node's services goes in; dials, writes and what the rest of the node has to know come out.
 *
 * <p>It composes the objects that know one thing each, and decides what none of them can: who is
 * live ({@link Neighbors}, {@link SessionAdmission}), what this node advertises of its services
 * ({@link ServiceSignals}), when to dial ({@link CandidateTable}), where requests may go and whose
 * are served ({@link ForwardingChannels}, {@link RequestAdmission}), what requests are to know
 * ({@link Publication}), what a lost stream, a lost session, a dead path or a revocation means for
 * all of these, and in which order a node leaves. The table and the sessions are the {@link
 * Overlay}'s.
 *
 * <p>It opens nothing and has no clock, so a running node and a simulator drive the same object. A
 * step is worked off whole: what the table asks for may lead to further events for it, which are
 * stepped in their order before the step is over.
 */
public final class ControlPlane implements Machine<ControlEvent, ControlEffect> {
  /** The subcode of the Cease for a peer without rights (RFC 4486). */
  private static final int PEER_DECONFIGURED = 3;

  /** What a drain's barrier is known by. */
  private static final long DRAIN_TOKEN = -1;

  private final Overlay overlay;
  private final Neighbors neighbors;
  private final Step step = new Step();
  private final CandidateTable candidates;
  private final DuplicateReports reports;
  private final SessionAdmission admission;
  private final RequestAdmission requests;
  private final Publication publication;
  private final ForwardingChannels channels;
  private final PlaceExchange places;
  private final TableDriver table;
  private final Streams streams;
  private final StartHold startHold;
  private final ServiceSignals signals;
  private final Reconfiguration reconfiguration;

  /** Once per reason a failure is logged. Bounded by the number of candidates that are kept. */
  private final Map<Endpoint, String> lastFailures = new LinkedHashMap<>();

  private PlanePhase phase = PlanePhase.RUNNING;
  private boolean publishesSoon;
  private Revocations revocations = Revocations.NONE;
  private OptionalLong rightsDueNanos = OptionalLong.empty();

  /**
   * A plane at rest; the overlay has had no event yet.
   *
   * @param local the services beside this node
   * @param rng draws the jitter of dials
   */
  public ControlPlane(
      ControlConfig config, Overlay overlay, LocalSignals local, Neighbors neighbors, Rng rng) {
    this.overlay = overlay;
    this.neighbors = neighbors;
    this.candidates = new CandidateTable(rng, config::isReflector);
    this.reports = new DuplicateReports(step, config.identity());
    this.admission =
        new SessionAdmission(config, overlay, neighbors, reports, this::stopUnresponsive);
    this.requests = new RequestAdmission(neighbors, admission, overlay);
    this.publication = new Publication(config, overlay, local, neighbors, neighbors::whyNoRequest);
    this.channels =
        new ForwardingChannels(
            new ForwardingChannels.Parts(
                config,
                step,
                rng,
                overlay,
                new ForwardingChannels.Nodes(neighbors, candidates, admission, reports),
                publication,
                this::apply));
    this.places = new PlaceExchange(channels, lastFailures::remove);
    this.table = new TableDriver(channels, places);
    this.startHold = new StartHold(step, overlay, neighbors, candidates, publication);
    this.signals = new ServiceSignals(config, step, local, publication, startHold, table::apply);
    this.streams = new Streams(channels.parts());
    this.reconfiguration = new Reconfiguration(channels, signals, lastFailures::remove);
  }

  @Override
  public List<ControlEffect> step(ControlEvent event, Now now) {
    step.begin(now);
    switch (event) {
      case ControlEvent.Start start -> start(start);
      case ControlEvent.OfThisNode(OverlayEvent own) -> apply(own);
      case ControlEvent.OfSignals(SignalEvent own) -> signals.step(own);
      case ControlEvent.OfServiceHost(var what) -> signals.advertised(what);
      case ControlEvent.OfStream of -> {
        if (phase == PlanePhase.RUNNING || !isOpening(of)) {
          streams.step(of, revocations);
        } else {
          step.add(new ControlEffect.CloseStream(of.stream(), "no session begins any more"));
        }
        lastStream();
      }
      case ControlEvent.CandidateReached(Endpoint candidate, PeerIdentity peer) -> {
        candidates.connected(candidate, peer, step.nanos());
        lastFailures.remove(candidate);
        channels.portsChanged(peer.identity());
      }
      case ControlEvent.CandidateHasMore more ->
          candidates
              .furtherAddresses(more.candidate(), more.addresses(), step.nanos())
              .forEach(lastFailures::remove);
      case ControlEvent.CandidateFailed(Endpoint candidate, String why) ->
          candidateFailed(candidate, why);
      case ControlEvent.CandidateIsThisNode(Endpoint candidate) -> {
        step.info(Subject.DISCOVERY, "candidate is this node itself", field("endpoint", candidate));
        candidates.wasOurselves(candidate);
      }
      case ControlEvent.ChannelReached(long dial, PeerIdentity peer) ->
          channels.reached(dial, peer);
      case ControlEvent.ChannelFailed(long dial, String why) -> channels.failed(dial, why);
      case ControlEvent.ChannelUp(long dial) -> channels.up(dial);
      case ControlEvent.ChannelLeft(long dial, String why) -> channels.left(dial, why);
      case ControlEvent.ChannelOver(long dial, String why) -> channels.over(dial, why);
      case ControlEvent.OwnIdentityShown(Holder other) -> reports.ofOurselves(other);
      case ControlEvent.PathProved(HostAddress node, PathLiveness path) -> pathProved(node, path);
      case ControlEvent.Revoke(Revocations list) -> revoke(list);
      case ControlEvent.Drain _ -> {
        startHold.end();
        apply(new OverlayEvent.DrainBegin());
        apply(new OverlayEvent.DrainWithdraw(DRAIN_TOKEN));
      }
      case ControlEvent.Yield(String text) -> leave(text, PlanePhase.YIELDING);
      case ControlEvent.Resume _ -> phase = phase.resumed();
      case ControlEvent.Stop(String text) -> stop(text);
      case ControlEvent.Configure other -> reconfiguration.apply(other);
      case ControlEvent.Publish _ -> publish();
      case ControlEvent.Tick _ -> tick();
    }
    dialCandidates();
    if (publication.hasChanges() && !publishesSoon) {
      publishesSoon = true;
      step.add(new ControlEffect.PublishSoon());
    }
    return step.take();
  }

  private static boolean isOpening(ControlEvent.OfStream event) {
    return event instanceof ControlEvent.StreamOpened
        || event instanceof ControlEvent.NeighborOpened;
  }

  private void publish() {
    publishesSoon = false;
    if (publication.hasChanges()) {
      step.add(new ControlEffect.Published(publication.takeChanges()));
    }
  }

  private void start(ControlEvent.Start start) {
    for (Endpoint candidate : start.candidates()) {
      candidates.offer(candidate, step.nanos());
    }
    revocations = start.revocations();
    checkRights();
    startHold.begin(start.holdNanos(), start.awaited());
  }

  private void tick() {
    if (isDue(overlay.deadlineNanos())) {
      apply(new OverlayEvent.Tick());
    }
    if (isDue(signals.signals().deadlineNanos())) {
      signals.step(new SignalEvent.Tick());
    }
    if (isDue(channels.deadlineNanos())) {
      channels.tick();
    }
    if (isDue(startHold.deadlineNanos())) {
      startHold.look();
    }
    if (isDue(rightsDueNanos)) {
      checkRights();
      places.look(table::apply);
    }
  }

  private boolean isDue(OptionalLong deadlineNanos) {
    return deadlineNanos.isPresent() && step.nanos() - deadlineNanos.getAsLong() >= 0;
  }

  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = earlier(overlay.deadlineNanos(), channels.deadlineNanos());
    earliest = earlier(earliest, signals.signals().deadlineNanos());
    earliest = earlier(earliest, startHold.deadlineNanos());
    if (phase == PlanePhase.RUNNING) {
      earliest = earlier(earlier(earliest, rightsDueNanos), candidates.deadlineNanos());
    }
    return earliest;
  }

  /** The clock's origin is arbitrary, so moments are compared by their difference. */
  static OptionalLong earlier(OptionalLong one, OptionalLong other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return one.getAsLong() - other.getAsLong() <= 0 ? one : other;
  }

  private void dialCandidates() {
    if (phase == PlanePhase.RUNNING && isDue(candidates.deadlineNanos())) {
      for (Endpoint candidate : candidates.due(step.nanos())) {
        candidates.dialStarted(candidate, step.nanos());
        step.add(new ControlEffect.DialCandidate(candidate));
      }
    }
  }

  private void candidateFailed(Endpoint candidate, String why) {
    // Once per reason: a node that is away for a day must not fill a disk.
    if (!why.equals(lastFailures.put(candidate, why))) {
      step.info(
          Subject.DISCOVERY,
          "candidate not reached, trying on",
          field("endpoint", candidate),
          field("why", why));
    }
    candidates.dialFailed(candidate, why, step.nanos());
  }

  private void apply(OverlayEvent event) {
    table.apply(event);
  }

  /** Ends the streams of a peer that has not sent its OPEN on any. */
  private boolean stopUnresponsive(HostAddress identity) {
    return table.stopUnresponsive(identity);
  }

  /**
   * Only a dead path is news to the table. That a path is alive adds nothing to a session that is
   * up, and must not outlive it.
   */
  private void pathProved(HostAddress node, PathLiveness path) {
    apply(
        new OverlayEvent.NextHop(
            node,
            switch (path) {
              case DEAD -> Reachability.DOWN;
              case ALIVE, UNPROVED -> Reachability.UNKNOWN;
            }));
    if (path == PathLiveness.DEAD) {
      step.add(new ControlEffect.RequestsLost(node));
    }
  }

  private void revoke(Revocations list) {
    boolean mayAdmit = !list.covers(revocations);
    revocations = list;
    checkRights();
    if (mayAdmit) {
      apply(new OverlayEvent.AskReflectorsAgain());
      channels.dialAgain();
    }
  }

  /** Ends everything that a node without rights has here; certificates run out, too. */
  private void checkRights() {
    rightsDueNanos =
        OptionalLong.of(
            step.nanos() + TimeUnit.MILLISECONDS.toNanos(Neighbors.CHECK_INTERVAL_MILLIS));
    NavigableSet<NodeName> cut = channels.cut(revocations, step.wallMillis());
    for (Neighbors.Cut each : neighbors.toCut(revocations, step.wallMillis())) {
      step.warn(
          Subject.NODE,
          "adjacency cut",
          field("peer", each.peer().name()),
          field("rule", each.rule().label()),
          field("why", each.sentence()));
      cut.add(each.peer().name());
      apply(new OverlayEvent.StopPeer(each.peer().identity(), PEER_DECONFIGURED, each.sentence()));
      step.add(new ControlEffect.RequestsLost(each.peer().identity()));
    }
    step.add(new ControlEffect.RightsChecked(revocations, step.wallMillis(), cut));
  }

  private void stop(String text) {
    channels.stop();
    leave(text, PlanePhase.STOPPING);
  }

  private void leave(String text, PlanePhase next) {
    phase = next;
    startHold.end();
    apply(new OverlayEvent.Shutdown(text, next == PlanePhase.YIELDING));
    lastStream();
  }

  private void lastStream() {
    if (streams.isEmpty() && (phase == PlanePhase.STOPPING || phase == PlanePhase.YIELDING)) {
      phase = phase == PlanePhase.STOPPING ? PlanePhase.STOPPED : PlanePhase.YIELDED;
      step.add(
          phase == PlanePhase.STOPPED ? new ControlEffect.Stopped() : new ControlEffect.Yielded());
    }
  }

  /** How many peers have sent their whole table and can be given requests. */
  public int completePeers() {
    return startHold.complete();
  }

  /** The table and the sessions, for views. */
  public Overlay overlay() {
    return overlay;
  }

  /** Every service as requests know it. */
  public List<ServiceState> published() {
    return publication.published();
  }

  /** The services beside this node, for views. */
  public LocalSignals signals() {
    return signals.signals();
  }

  /** Gives a listener every change of these services from now on. */
  public void watchSignals(SignalListener watcher) {
    signals.watch(watcher);
  }

  /** The other nodes, for views. */
  public Neighbors neighbors() {
    return neighbors;
  }

  /** Whether an adjacency with this node is up. */
  public boolean isEstablished(HostAddress identity) {
    Neighbor neighbor = neighbors.get(identity);
    return neighbor != null && neighbor.isEstablished();
  }

  /** The remote end of a peer's session, or of its newest stream; empty text without one. */
  public String remoteOf(HostAddress identity) {
    List<Holder> holders = neighbors.holders(identity);
    return holders.isEmpty() ? "" : holders.getLast().at().toString();
  }

  /** Every candidate, for {@code show peers}. */
  public List<CandidateView> candidates(long nowNanos) {
    return candidates.view(nowNanos);
  }

  /** Every clash over an identity, for views and metrics. */
  public Duplicates duplicates() {
    return reports.duplicates();
  }

  /** Why no request can be given to a node; empty when one can. */
  public Optional<String> whyNoRequest(HostAddress node) {
    return neighbors.whyNoRequest(node);
  }

  /** What becomes of the requests of a peer that connected from this address. */
  public RequestAdmission.Verdict judgeRequests(PeerIdentity peer, InetAddress from) {
    return requests.judge(peer, from);
  }
}
