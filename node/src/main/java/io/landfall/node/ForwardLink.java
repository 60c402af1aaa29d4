package io.landfall.node;

import io.landfall.admin.SocketText;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.node.ForwardPlan.Target;
import io.landfall.node.link.ForwardChannel;
import io.landfall.node.link.OverlayPort.Dialled;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel to one node: dials the place that the node's {@link ForwardPlan} names, proves who
 * answers, holds the channel open, and leaves it as soon as the plan names it no longer. On the
 * control thread only.
 */
final class ForwardLink {
  /** How soon news of a node makes it dialled again. */
  private static final long NEWS_MILLIS = 1_000;

  /** How long a session that came in may take to advertise its port before one is guessed. */
  private static final long GUESS_MILLIS = 200;

  /** How soon a rival endpoint of one node is looked at again. */
  private static final long RIVAL_MILLIS = 60_000;

  /** How soon another reason why one node is not reached is logged and shown. */
  private static final long REASON_MILLIS = 10_000;

  private static final Logger log = LoggerFactory.getLogger("landfall.forward");

  private enum State {
    WAITING,
    DIALING,
    PROVING,
    UP
  }

  private final HostAddress node;
  private final ForwardLinks.Parts parts;
  private final ForwardLinks links;
  private final ControlLoop control;
  private final ForwardDialer forward;
  private final OverlayDriver overlay;
  private final ForwardPlan plan = new ForwardPlan();
  private State state = State.WAITING;
  private @Nullable Target target;
  private List<Target> lastTargets = List.of();
  private boolean forgotten;
  private @Nullable ForwardChannel channel;

  /** Who answered last; kept while the certificate is good, for its routes are. */
  private @Nullable PeerIdentity peer;

  /** Where it answered. */
  private @Nullable InetAddress peerAddress;

  private final ControlTimer timer;

  /** Tells the dial and the channel of now from those that were given up. */
  private int attempt;

  private long lastDialNanos;
  private final MovePacer pacer = new MovePacer();
  private long upSinceNanos;
  private long lastRivalNanos;
  private long lastReasonNanos;
  private final DialBackoff backoff = new DialBackoff();
  private String lastFailure = "";

  /** Knows of nothing yet that tells of the node. */
  ForwardLink(HostAddress node, ForwardLinks.Parts parts, ForwardLinks links) {
    this.node = node;
    this.parts = parts;
    this.links = links;
    this.control = parts.control();
    this.forward = parts.forward();
    this.overlay = parts.overlay();
    this.timer = new ControlTimer(control, this::dial);
    this.lastDialNanos = control.monotonicNanos() - TimeUnit.MILLISECONDS.toNanos(NEWS_MILLIS);
    this.lastRivalNanos = control.monotonicNanos() - TimeUnit.MILLISECONDS.toNanos(RIVAL_MILLIS);
    this.lastReasonNanos = control.monotonicNanos() - TimeUnit.MILLISECONDS.toNanos(REASON_MILLIS);
  }

  private List<Target> targets() {
    return plan.targets(knownPorts(), parts.usualPort());
  }

  private List<Integer> knownPorts() {
    return plan.sessionPeer().map(parts.knownPorts()).orElse(List.of());
  }

  /** The session with the node is up, over this stream. */
  void sessionUp(PeerIdentity session, InetSocketAddress remote, boolean dialled) {
    plan.sessionUp(session, remote, dialled);
    backoff.begin();
    planChanged();
  }

  /** Forgets what a lost session told; true when that was anything. */
  boolean forgetTeller(HostAddress teller) {
    boolean own = node.equals(teller) && plan.hasSession();
    if (own) {
      plan.sessionLost();
    }
    return plan.tellerLost(teller) || own;
  }

  /** A route of this peer names the node's endpoint. */
  void heard(InetSocketAddress at, HostAddress from) {
    if (from.equals(node) && plan.hasSession()) {
      plan.advertised(at);
    } else {
      plan.claimed(from, at);
    }
    planChanged();
    dialForNews();
  }

  /** Whose routes to the node are in the table. */
  void routesIn(Set<HostAddress> tellers) {
    plan.routesIn(tellers);
    planChanged();
  }

  /** Whether it was never reached, and could be left out. */
  boolean mayMakeRoom() {
    return peer == null && state == State.WAITING && !plan.hasSession();
  }

  /** Why it is not up; empty text when no dial has failed. */
  String lastFailure() {
    return lastFailure;
  }

  /** Ends the channel of who is revoked or expired, and names it; its routes go. */
  Optional<NodeName> cut(Revocations revocations, long wallMillis) {
    PeerIdentity who = peer;
    if (who != null
        && (revocations.reasonFor(who).isPresent() || wallMillis > who.notAfterMillis())) {
      log.warn("channel cut peer={} why=\"its certificate is revoked or expired\"", who.name());
      peer = null;
      overlay.apply(new RemoteNode.Disowned(node));
      end("its certificate is revoked or expired");
      return Optional.of(who.name());
    }
    return Optional.empty();
  }

  /** The rules for others changed: the waits begin anew. */
  void dialAgain() {
    if (backoff.shorten()) {
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
    giveUp("the session or the route that named its place has changed", links::left);
    dialSoon(
        Math.max(
            pacer.waitNanos(control.monotonicNanos()),
            plan.isGuess(knownPorts()) ? TimeUnit.MILLISECONDS.toNanos(GUESS_MILLIS) : 0));
  }

  private void dialForNews() {
    if (state == State.WAITING && backoff.isGrowing()) {
      long since = control.monotonicNanos() - lastDialNanos;
      dialSoon(Math.max(0, TimeUnit.MILLISECONDS.toNanos(NEWS_MILLIS) - since));
    }
  }

  private void dialSoon(long delayNanos) {
    if (state == State.WAITING && !forgotten && !links.isStopped()) {
      timer.arm(OptionalLong.of(control.monotonicNanos() + delayNanos));
    }
  }

  private void dial() {
    List<Target> targets = targets();
    if (state != State.WAITING || links.isStopped() || targets.isEmpty()) {
      return;
    }
    if (!links.mayDial()) {
      dialSoon(TimeUnit.MILLISECONDS.toNanos(DialBackoff.FIRST_MILLIS));
      return;
    }
    Target chosen = targets.get(backoff.failures() % targets.size());
    state = State.DIALING;
    target = chosen;
    lastDialNanos = control.monotonicNanos();
    int number = ++attempt;
    links.dial(
        chosen.address(),
        dialled -> {
          if (number != attempt) {
            ForwardLinks.closeIfOpen(dialled);
          } else if (dialled.isSuccess()) {
            answered(chosen, dialled.getNow());
          } else {
            failed(chosen.place() + ": " + SocketText.why(dialled.cause()));
          }
        });
  }

  private void answered(Target chosen, Dialled dialled) {
    PeerIdentity who = dialled.peer();
    Optional<String> refusal = links.refusalOf(node, chosen, who);
    if (refusal.isPresent()) {
      dialled.channel().close();
      if (!plan.hasSession()) {
        // A place at which another answers is hardly one of this node's.
        backoff.hopeless();
      }
      failed(refusal.get());
      return;
    }
    state = State.PROVING;
    int number = attempt;
    channel =
        ForwardChannel.hold(
            dialled.channel(),
            new ForwardChannel.Events() {
              @Override
              public void up() {
                whileCurrent(number, () -> ForwardLink.this.up(chosen, who));
              }

              @Override
              public void left(String why) {
                whileCurrent(number, () -> leave(why));
              }

              @Override
              public void over(String why) {
                whileCurrent(number, () -> end(why));
              }
            });
  }

  private void whileCurrent(int number, Runnable then) {
    control.hereOrLater(
        () -> {
          if (number == attempt) {
            then.run();
          }
        });
  }

  /** Who a channel has reached, and where; empty when none ever has, or its rights are gone. */
  Optional<RequestRules.Proved> proved() {
    PeerIdentity who = peer;
    InetAddress where = peerAddress;
    return who == null || where == null
        ? Optional.empty()
        : Optional.of(new RequestRules.Proved(who, where));
  }

  private void up(Target proved, PeerIdentity who) {
    if (links.isRevoked(who)) {
      end(who.label() + " is revoked");
      return;
    }
    state = State.UP;
    upSinceNanos = control.monotonicNanos();
    lastFailure = "";
    peer = who;
    peerAddress = proved.address().getAddress();
    plan.proved(proved.address());
    parts.names().learn(node, who.name());
    forward.proved(who, proved.address());
    log.info("channel up peer={} identity={} endpoint={}", who.name(), node, proved.place());
    if (!plan.hasSession()) {
      overlay.apply(new RemoteNode.Verified(node, overlay.servicesOf(who)));
      overlay.apply(new RemoteNode.Channel(node, true));
    }
    links.changed(node);
    lookAtRival();
  }

  /** Leaves the dial or the channel of now; what becomes of requests to the node is given. */
  private void giveUp(String why, Consumer<HostAddress> requests) {
    boolean was = state == State.UP;
    ForwardChannel held = channel;
    attempt++;
    state = State.WAITING;
    target = null;
    channel = null;
    if (held != null) {
      held.close(why);
    }
    if (was) {
      backoff.wasUp(control.monotonicNanos() - upSinceNanos);
      forward.forget(node);
      String name = parts.names().nameOf(node).map(NodeName::value).orElse("-");
      log.warn("channel over peer={} identity={} why=\"{}\"", name, node, why);
      overlay.apply(new RemoteNode.Channel(node, false));
      requests.accept(node);
      links.changed(node);
    }
  }

  private void failed(String why) {
    state = State.WAITING;
    target = null;
    if (links.isStopped()) {
      return;
    }
    note(why);
    boolean known = plan.hasSession() || peer != null;
    dialSoon(backoff.nextNanos(known, parts.jitter()));
  }

  /** Once per reason, and not often: a node that is away for a day must not fill a disk. */
  private void note(String why) {
    long now = control.monotonicNanos();
    boolean due = now - lastReasonNanos >= TimeUnit.MILLISECONDS.toNanos(REASON_MILLIS);
    if (!why.equals(lastFailure) && (due || lastFailure.isEmpty())) {
      lastFailure = why;
      lastReasonNanos = now;
      log.info("node not reached identity={} why=\"{}\"", node, why);
      links.changed(node);
    }
  }

  /** A reflector tells another endpoint than the one in use: who answers there is named. */
  private void lookAtRival() {
    Target used = target;
    PeerIdentity live = peer;
    long now = control.monotonicNanos();
    if (state != State.UP
        || used == null
        || live == null
        || !links.mayDial()
        || now - lastRivalNanos < TimeUnit.MILLISECONDS.toNanos(RIVAL_MILLIS)) {
      return;
    }
    for (InetSocketAddress rival : plan.rivalsOf(used.address())) {
      lastRivalNanos = now;
      links.dial(
          rival,
          dialled -> {
            ForwardLinks.closeIfOpen(dialled);
            if (dialled.isSuccess() && dialled.getNow().peer().identity().equals(node)) {
              links.clash(
                  Places.dialled(live, used.address()),
                  Places.dialled(dialled.getNow().peer(), rival));
            }
          });
      return;
    }
  }

  /** Leaves the node alone. */
  void forget() {
    giveUp("nothing tells of it any more", links::left);
    timer.arm(OptionalLong.empty());
    forgotten = true;
    links.remove(node);
    if (peer != null) {
      overlay.apply(new RemoteNode.Disowned(node));
    }
  }

  /** Ends the channel; unless this node stops, the place is dialled again. */
  void end(String why) {
    giveUp(why, links::lost);
    failed(why);
  }

  /** The same, but requests under way finish. */
  private void leave(String why) {
    giveUp(why, links::left);
    failed(why);
  }
}
