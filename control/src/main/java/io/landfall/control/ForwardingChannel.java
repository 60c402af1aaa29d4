package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.control.ControlEffect.Subject;
import io.landfall.control.ForwardingPlan.Target;
import io.landfall.core.Backoff;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channel to one node: dials the place that the node's {@link ForwardingPlan} names, proves who
 * answers, holds the channel open, and leaves it as soon as the plan names it no longer.
 */
final class ForwardingChannel {
  private static final Backoff.Limits WAITS =
      new Backoff.Limits(1_000_000L, 250_000_000L, 15_000_000_000L);

  /** The ceiling for a place at which the node never answered: it may be any address. */
  private static final long UNPROVED_BACKOFF_NANOS = 240_000_000_000L;

  /** How often a wait is doubled; what has failed so often is not dialled for news. */
  private static final int MAX_DOUBLINGS = 10;

  /** A channel that was up for so long was a good one: the waits begin anew. */
  private static final long STABLE_NANOS = 15_000_000_000L;

  /** How soon news of a node makes it dialled again. */
  private static final long NEWS_NANOS = 1_000_000_000L;

  /** How long a session that came in may take to advertise its port before one is guessed. */
  private static final long GUESS_NANOS = 200_000_000L;

  private enum State {
    WAITING,
    DIALLING,
    PROVING,
    UP
  }

  private final HostAddress node;
  private final ForwardingChannels channels;
  private final ForwardingChannels.Parts parts;
  private final Step step;
  private final ForwardingPlan plan = new ForwardingPlan();
  private final MovePacer pacer = new MovePacer();
  private final Backoff backoff;
  private State state = State.WAITING;
  private @Nullable Target target;
  private List<Target> lastTargets = List.of();

  /** The dial or the channel of now; not those that were given up. */
  private long dial;

  /** Who answered, while that is being proved. */
  private @Nullable PeerIdentity answering;

  /** Who answered last, and where; kept while the certificate is good, for its routes are. */
  private @Nullable PeerIdentity peer;

  private @Nullable InetAddress peerAddress;
  private OptionalLong dueNanos = OptionalLong.empty();
  private long lastDialNanos;
  private long upSinceNanos;
  private final RivalLooks rivals;
  private final LastFailure lastFailure;

  /** Nothing advertises the node yet. */
  ForwardingChannel(HostAddress node, ForwardingChannels channels) {
    this.node = node;
    this.channels = channels;
    this.parts = channels.parts();
    this.step = parts.step();
    this.backoff = new Backoff(WAITS, parts.rng());
    this.lastDialNanos = step.nanos() - NEWS_NANOS;
    this.rivals = new RivalLooks(step.nanos());
    this.lastFailure = new LastFailure(step.nanos());
  }

  private List<Target> targets() {
    return plan.targets(knownPorts(), parts.config().usualPort());
  }

  private List<Integer> knownPorts() {
    return plan.sessionPeer().map(parts.nodes().candidates()::portsOf).orElse(List.of());
  }

  /** The session with the node is up, over this stream; a place that failed is dialled anew. */
  void sessionUp(PeerIdentity session, InetSocketAddress remote, Direction direction) {
    plan.sessionUp(session, remote, direction);
    lastTargets = backoff.failures() > 0 ? List.of() : lastTargets;
    backoff.reset();
    planChanged();
  }

  /** Forgets what a lost session advertised; true when that was anything. */
  boolean forgetReporter(HostAddress reporter) {
    boolean own = node.equals(reporter) && plan.hasSession();
    if (own) {
      plan.sessionLost();
    }
    return plan.reporterLost(reporter) || own;
  }

  /** A route of this peer names the node's endpoint. */
  void advertised(InetSocketAddress at, HostAddress from) {
    if (from.equals(node) && plan.hasSession()) {
      plan.advertised(at);
    } else {
      plan.claimed(from, at);
    }
    planChanged();
    dialForNews();
  }

  /** Whose routes to the node are in the table. */
  void routesIn(Set<HostAddress> reporters) {
    plan.routesIn(reporters);
    planChanged();
  }

  /** Whether it was never reached, and could be left out. */
  boolean mayMakeRoom() {
    return peer == null && state == State.WAITING && !plan.hasSession();
  }

  /** Why no request can be given to the node; empty when one can. */
  Optional<String> whyNot() {
    if (state == State.UP) {
      return Optional.empty();
    }
    return Optional.of(
        lastFailure.text().isEmpty()
            ? "its channel for requests is not proved yet"
            : "its channel for requests is not up: " + lastFailure.text());
  }

  /** Ends the channel of who is revoked or expired, and names it; its routes go. */
  Optional<NodeName> cut(Revocations revocations, long wallMillis) {
    PeerIdentity who = peer;
    if (who != null
        && (revocations.reasonFor(who).isPresent() || wallMillis > who.notAfterMillis())) {
      step.warn(
          Subject.FORWARD,
          "channel cut",
          field("peer", who.name()),
          field("why", "its certificate is revoked or expired"));
      peer = null;
      parts.toOverlay().accept(new RemoteNode.Disowned(node));
      end("its certificate is revoked or expired");
      return Optional.of(who.name());
    }
    return Optional.empty();
  }

  /** The rules for others changed: the waits begin anew. */
  void dialAgain() {
    if (backoff.failures() > 0) {
      backoff.atMost(1);
      dialForNews();
    }
  }

  /** What is dialled or held stays only where the plan still names its place. */
  void planChanged() {
    if (plan.isEmpty()) {
      forget();
      return;
    }
    List<Target> targets = targets();
    boolean same = targets.equals(lastTargets);
    lastTargets = targets;
    if (same || (target != null && targets.contains(target))) {
      lookAtRival();
      return;
    }
    giveUp(
        "the session or the route that named its place has changed",
        new ControlEffect.RequestsLeft(node));
    dialSoon(Math.max(pacer.waitNanos(step.nanos()), plan.isGuess(knownPorts()) ? GUESS_NANOS : 0));
  }

  private void dialForNews() {
    if (state == State.WAITING && backoff.failures() > 0 && backoff.failures() < MAX_DOUBLINGS) {
      long since = step.nanos() - lastDialNanos;
      dialSoon(Math.max(0, NEWS_NANOS - since));
    }
  }

  private void dialSoon(long delayNanos) {
    if (state == State.WAITING && !channels.isStopped()) {
      dueAt(OptionalLong.of(step.nanos() + delayNanos));
    }
  }

  private void dueAt(OptionalLong nanos) {
    dueNanos = nanos;
    channels.dueChanged();
  }

  /** When it wants to dial; empty when it does not. */
  OptionalLong dueNanos() {
    return dueNanos;
  }

  /** Dials when that is due. */
  void tick() {
    if (dueNanos.isPresent() && step.nanos() - dueNanos.getAsLong() >= 0) {
      dueAt(OptionalLong.empty());
      dial();
    }
  }

  private void dial() {
    List<Target> targets = targets();
    if (state != State.WAITING || channels.isStopped() || targets.isEmpty()) {
      return;
    }
    if (!channels.mayDial()) {
      dialSoon(WAITS.firstNanos());
      return;
    }
    Target chosen = targets.get(backoff.failures() % targets.size());
    state = State.DIALLING;
    target = chosen;
    lastDialNanos = step.nanos();
    dial = channels.dial(node, chosen.address());
  }

  /** Whether this dial is the one that is under way. */
  boolean isDialling(long number) {
    return state == State.DIALLING && dial == number;
  }

  /** The dial failed. */
  void dialFailed(String why) {
    failed((target == null ? "" : target.place() + ": ") + why);
  }

  /** The dial was answered: the connection is held, or closed. */
  void reached(PeerIdentity who) {
    Target chosen = target;
    Optional<String> refusal =
        chosen == null ? Optional.of("it was given up") : channels.refusalOf(node, chosen, who);
    if (refusal.isPresent()) {
      channels.close(dial, refusal.get());
      if (!plan.hasSession()) {
        // A place at which another answers is hardly one of this node's.
        backoff.atLeast(MAX_DOUBLINGS);
      }
      failed(refusal.get());
      return;
    }
    state = State.PROVING;
    answering = who;
    channels.hold(dial, node);
  }

  /** Who a channel has reached, and where; empty when none ever has, or its rights are gone. */
  Optional<RequestAdmission.Proved> proved() {
    PeerIdentity who = peer;
    InetAddress where = peerAddress;
    return who == null || where == null
        ? Optional.empty()
        : Optional.of(new RequestAdmission.Proved(who, where));
  }

  /** Where it is up, to a node that has a session here; empty otherwise. */
  Optional<Stream.Proof> adjacent() {
    Target used = target;
    return state == State.UP && used != null && plan.hasSession()
        ? Optional.ofNullable(peer).map(who -> Stream.Proof.dialled(who, used.address()))
        : Optional.empty();
  }

  /** The other end answers. */
  void up() {
    Target proved = target;
    PeerIdentity who = answering;
    if (state != State.PROVING || proved == null || who == null) {
      return;
    }
    if (channels.isRevoked(who)) {
      end(who.label() + " is revoked");
      return;
    }
    state = State.UP;
    upSinceNanos = step.nanos();
    lastFailure.forget();
    peer = who;
    peerAddress = proved.address().getAddress();
    plan.proved(proved.address());
    parts.nodes().neighbors().obtain(node).named(who.name());
    step.add(new ControlEffect.ForwardTo(who, proved.address()));
    step.info(
        Subject.FORWARD,
        "channel up",
        field("peer", who.name()),
        field("identity", node),
        field("endpoint", proved.place()));
    if (!plan.hasSession()) {
      parts.toOverlay().accept(new RemoteNode.Verified(node, parts.config().servicesOf(who)));
      parts.toOverlay().accept(new RemoteNode.ChannelUp(node));
    }
    parts.publication().nodeChanged(node);
    lookAtRival();
  }

  /** Leaves the dial or the channel of now; what becomes of requests to the node is given. */
  private void giveUp(String why, ControlEffect requests) {
    boolean was = state == State.UP;
    if (was || state == State.PROVING) {
      channels.close(dial, why);
    }
    state = State.WAITING;
    target = null;
    answering = null;
    if (was) {
      if (step.nanos() - upSinceNanos >= STABLE_NANOS) {
        backoff.reset();
      }
      step.add(new ControlEffect.ForwardNoMore(node));
      String name = parts.nodes().neighbors().nameOf(node).map(NodeName::value).orElse("-");
      step.warn(
          Subject.FORWARD,
          "channel over",
          field("peer", name),
          field("identity", node),
          field("why", why));
      parts.toOverlay().accept(new RemoteNode.ChannelDown(node));
      step.add(requests);
      parts.publication().nodeChanged(node);
    }
  }

  private void failed(String why) {
    state = State.WAITING;
    target = null;
    if (channels.isStopped()) {
      return;
    }
    if (lastFailure.isNews(why, step.nanos())) {
      step.info(Subject.FORWARD, "node not reached", field("identity", node), field("why", why));
      parts.publication().nodeChanged(node);
    }
    boolean known = plan.hasSession() || peer != null;
    dialSoon(
        known ? backoff.afterFailureNanos() : backoff.afterFailureNanos(UNPROVED_BACKOFF_NANOS));
  }

  /** A reflector advertises another endpoint than the one in use: who answers there is named. */
  private void lookAtRival() {
    Target used = target;
    PeerIdentity live = peer;
    if (state != State.UP || used == null || live == null || !channels.mayDial()) {
      return;
    }
    rivals
        .next(plan.rivalsOf(used.address()), step.nanos())
        .ifPresent(
            rival ->
                channels.lookAt(node, Stream.Proof.dialled(live, used.address()).holder(), rival));
  }

  /** Leaves the node alone. */
  void forget() {
    giveUp("no route names it any more", new ControlEffect.RequestsLeft(node));
    dueAt(OptionalLong.empty());
    channels.remove(node);
    if (peer != null) {
      parts.toOverlay().accept(new RemoteNode.Disowned(node));
    }
  }

  /** Ends the channel; unless this node stops, the place is dialled again. */
  void end(String why) {
    giveUp(why, new ControlEffect.RequestsLost(node));
    failed(why);
  }

  /** The same, but requests under way finish. */
  void leave(String why) {
    giveUp(why, new ControlEffect.RequestsLeft(node));
    failed(why);
  }
}
