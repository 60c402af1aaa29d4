package io.landfall.ingress;

import io.landfall.bgp.SessionEvent;
import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Plane one: originates exactly the configured anycast prefixes to the upstream routers.
 *
 * <p>A state object without threads, sockets or clocks, driven as {@code step(event, now) ->
 * effects} by one thread. It holds three small facts and derives everything from them: what the
 * operator asked for, whether the node's own listener accepts, and how far a drain has come. From
 * the first two follows the {@link IngressIntent}; from intent and drain the phase that every
 * upstream is brought in line with.
 *
 * <p>Why so narrow: the Internet's routing must not move because an application did. A prefix that
 * is announced and withdrawn on a service's health is flap-damped by strangers and moves clients
 * that were being served. So what a service reports cannot be given to this class (see {@link
 * IngressEvent}), and a request that lands where its service is not is the overlay's affair.
 *
 * <p>A drain follows RFC 8326 section 4: announce with GRACEFUL_SHUTDOWN, wait, withdraw. A process
 * that ends leaves the same way, and its clients are served meanwhile. A listener that fails is
 * withdrawn at once: a client that lands here would be refused. After a start nothing is announced
 * for the start delay, a fixed time: a node that has just started does not know yet where services
 * are, and until it attracts clients they land at other sites.
 */
public final class Ingress implements Machine<IngressEvent, IngressEffect> {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** RFC 4486 section 4. */
  private static final int CEASE_ADMINISTRATIVE_SHUTDOWN = 2;

  /** RFC 4486 section 4. */
  private static final int CEASE_PEER_DE_CONFIGURED = 3;

  /** RFC 4486 section 4. */
  private static final int CEASE_OTHER_CONFIGURATION_CHANGE = 6;

  /** RFC 9384. */
  private static final int CEASE_BFD_DOWN = 10;

  private IngressSettings config;
  private final Rng jitter;
  private final Map<String, UpstreamSession> upstreams = new LinkedHashMap<>();

  /** What was sent to upstreams that have left, or whose session began anew by configuration. */
  private long updatesOfEnded;

  private long endOfRibOfEnded;

  private boolean started;
  private OperatorWish wish = OperatorWish.ADVERTISE;
  private ListenerLiveness listener = ListenerLiveness.NOT_ACCEPTING;
  private OptionalLong startedAtNanos = OptionalLong.empty();
  private OptionalLong drainedAtNanos = OptionalLong.empty();
  private IngressIntent intent =
      IngressIntent.of(OperatorWish.ADVERTISE, ListenerLiveness.NOT_ACCEPTING);
  private Phase phase = Phase.WITHDRAWN;

  /**
   * Plane one at rest; nothing happens before {@link IngressEvent.Start}.
   *
   * @param jitter randomness for the sessions' retry timers
   * @param wallMillis the wall clock now, for showing
   */
  public Ingress(IngressSettings config, Rng jitter, long wallMillis) {
    this.config = config;
    this.jitter = jitter;
    for (Upstream upstream : config.upstreams()) {
      upstreams.put(upstream.name(), new UpstreamSession(upstream, config, jitter, wallMillis));
    }
  }

  /**
   * Applies one event.
   *
   * @return what to do, in order
   * @throws InvariantBroken when the event names an upstream that is not configured
   */
  @Override
  public List<IngressEffect> step(IngressEvent event, Now now) {
    List<IngressEffect> out = new ArrayList<>();
    switch (event) {
      case IngressEvent.Start start -> start(start, now, out);
      case IngressEvent.Inherited(String name, SortedSet<String> announced) ->
          upstream(name).inherits(announced);
      case IngressEvent.OperatorDrain _ ->
          wish(OperatorWish.DRAIN, "the operator asked to drain", now, out);
      case IngressEvent.OperatorUndrain _ ->
          wish(OperatorWish.ADVERTISE, "the operator asked to undrain", now, out);
      case IngressEvent.Leave _ -> leave(now, out);
      case IngressEvent.Shutdown shutdown -> shutdown(shutdown.text(), now, out);
      case IngressEvent.ListenerFailed failed -> listenerFailed(failed.why(), now, out);
      case IngressEvent.Configure configured -> configure(configured, now, out);
      case IngressEvent.Tick _ -> tick(now, out);
      case IngressEvent.Connected c -> {
        UpstreamSession upstream = upstream(c.upstream());
        upstream.connected(c.connection(), c.localAddress());
        upstream.step(
            new SessionEvent.Connected(c.connection(), Direction.OUTGOING), now, phase, out);
      }
      case IngressEvent.ConnectFailed c ->
          upstream(c.upstream()).step(new SessionEvent.ConnectFailed(c.why()), now, phase, out);
      case IngressEvent.PathDown(String name, String why) -> pathDown(name, why, now, out);
      case IngressEvent.Received r ->
          upstream(r.upstream())
              .step(new SessionEvent.Received(r.connection(), r.bytes()), now, phase, out);
      case IngressEvent.Closed c -> {
        UpstreamSession upstream = upstream(c.upstream());
        upstream.step(new SessionEvent.Closed(c.connection(), c.why()), now, phase, out);
        upstream.closed(c.connection());
      }
      case IngressEvent.WriteBlocked b -> upstream(b.upstream()).writeBlocked(b.connection(), now);
      case IngressEvent.Writable w ->
          upstream(w.upstream()).step(new SessionEvent.Writable(w.connection()), now, phase, out);
    }
    return out;
  }

  /** When the next {@link IngressEvent.Tick} is due, by the monotonic clock. */
  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = OptionalLong.empty();
    for (OptionalLong own : List.of(startedAtNanos, drainedAtNanos)) {
      earliest = earlier(earliest, own);
    }
    for (UpstreamSession upstream : upstreams.values()) {
      earliest = earlier(earliest, upstream.deadlineNanos());
    }
    return earliest;
  }

  /** The state as it is shown. */
  public IngressView view() {
    List<IngressView.PrefixRow> rows = new ArrayList<>();
    for (AnycastPrefix prefix : config.prefixes()) {
      upstreams.values().stream()
          .filter(upstream -> upstream.carries(prefix))
          .forEach(upstream -> rows.add(upstream.row(prefix)));
    }
    return new IngressView(
        intent.toString(),
        rows,
        updatesOfEnded + upstreams.values().stream().mapToLong(UpstreamSession::updatesSent).sum(),
        endOfRibOfEnded
            + upstreams.values().stream().mapToLong(UpstreamSession::endOfRibSent).sum(),
        upstreams.values().stream().map(UpstreamSession::row).toList());
  }

  private void start(IngressEvent.Start start, Now now, List<IngressEffect> out) {
    if (started) {
      throw new InvariantBroken("ingress is started once");
    }
    started = true;
    listener = start.listener();
    if (listener == ListenerLiveness.ACCEPTING
        && start.delayed()
        && config.startDelayMillis() > 0) {
      listener = ListenerLiveness.STARTING;
      startedAtNanos =
          OptionalLong.of(now.monotonicNanos() + config.startDelayMillis() * NANOS_PER_MILLI);
    }
    reconsider("start", now, out);
    for (UpstreamSession upstream : upstreams.values()) {
      upstream.step(new SessionEvent.Start(), now, phase, out);
    }
  }

  private void wish(OperatorWish next, String cause, Now now, List<IngressEffect> out) {
    if (wish != OperatorWish.STOP && wish != OperatorWish.LEAVE) {
      wish = next;
      reconsider(cause, now, out);
    }
  }

  /** As a drain, but where no upstream has the prefixes there is none to wait for. */
  private void leave(Now now, List<IngressEffect> out) {
    if (wish == OperatorWish.STOP || wish == OperatorWish.LEAVE) {
      return;
    }
    wish = OperatorWish.LEAVE;
    reconsider("the process ends", now, out);
    boolean announced = upstreams.values().stream().anyMatch(UpstreamSession::isAnnounced);
    if (phase == Phase.WITHDRAWN) {
      out.add(new IngressEffect.Left());
    } else if (!announced) {
      enter(Phase.WITHDRAWN, "no upstream has the prefixes", now, out);
    }
  }

  private void shutdown(String text, Now now, List<IngressEffect> out) {
    if (wish == OperatorWish.STOP) {
      return;
    }
    wish = OperatorWish.STOP;
    startedAtNanos = OptionalLong.empty();
    reconsider("shutdown: " + text, now, out);
    for (UpstreamSession upstream : upstreams.values()) {
      upstream.step(new SessionEvent.Stop(CEASE_ADMINISTRATIVE_SHUTDOWN, text), now, phase, out);
    }
  }

  /** What left ends first, and so withdraws before anything is announced. */
  private void configure(IngressEvent.Configure wanted, Now now, List<IngressEffect> out) {
    IngressSettings next = wanted.settings();
    Map<String, UpstreamSession> before = new LinkedHashMap<>(upstreams);
    Set<String> kept = new TreeSet<>();
    upstreams.clear();
    for (Upstream upstream : next.upstreams()) {
      UpstreamSession known = before.get(upstream.name());
      if (known != null
          && !wanted.rerouted().contains(upstream.name())
          && known.goesOn(upstream, next)) {
        upstreams.put(upstream.name(), known);
        before.remove(upstream.name());
        kept.add(upstream.name());
      } else {
        upstreams.put(
            upstream.name(), new UpstreamSession(upstream, next, jitter, now.wallMillis()));
      }
    }
    config = next;
    for (UpstreamSession ended : before.values()) {
      boolean stays = upstreams.containsKey(ended.name());
      ended.end(
          stays ? CEASE_OTHER_CONFIGURATION_CHANGE : CEASE_PEER_DE_CONFIGURED,
          stays ? "configured otherwise" : "no longer configured",
          phase,
          now,
          out);
      updatesOfEnded += ended.updatesSent();
      endOfRibOfEnded += ended.endOfRibSent();
    }
    for (Upstream upstream : next.upstreams()) {
      UpstreamSession session = upstream(upstream.name());
      if (kept.contains(upstream.name())) {
        session.configure(upstream, next.prefixesOf(upstream), phase, now, out);
      } else if (started && wish != OperatorWish.STOP && wish != OperatorWish.LEAVE) {
        session.step(new SessionEvent.Start(), now, phase, out);
      }
    }
  }

  private void pathDown(String name, String why, Now now, List<IngressEffect> out) {
    UpstreamSession upstream = upstream(name);
    if (started && wish != OperatorWish.STOP) {
      upstream.step(new SessionEvent.Stop(CEASE_BFD_DOWN, "BFD Down: " + why), now, phase, out);
      upstream.step(new SessionEvent.Start(), now, phase, out);
    }
  }

  private void listenerFailed(String why, Now now, List<IngressEffect> out) {
    startedAtNanos = OptionalLong.empty();
    listener = ListenerLiveness.NOT_ACCEPTING;
    reconsider("the listener failed: " + why, now, out);
  }

  private void tick(Now now, List<IngressEffect> out) {
    if (startedAtNanos.isPresent() && now.monotonicNanos() - startedAtNanos.getAsLong() >= 0) {
      startedAtNanos = OptionalLong.empty();
      listener = ListenerLiveness.ACCEPTING;
      reconsider("the start delay is over", now, out);
    }
    if (drainedAtNanos.isPresent() && now.monotonicNanos() - drainedAtNanos.getAsLong() >= 0) {
      enter(Phase.WITHDRAWN, "the drain's wait is over", now, out);
    }
    for (UpstreamSession upstream : upstreams.values()) {
      upstream.step(new SessionEvent.Tick(), now, phase, out);
    }
  }

  /** Derives the intent anew, and the phase that follows from a change of it. */
  private void reconsider(String cause, Now now, List<IngressEffect> out) {
    IngressIntent next = IngressIntent.of(wish, listener);
    if (next == intent) {
      return;
    }
    out.add(new IngressEffect.Note("ingress", intent.toString(), next.toString(), cause));
    intent = next;
    switch (next) {
      case IngressIntent.Advertise _ -> enter(Phase.ANNOUNCED, cause, now, out);
      case IngressIntent.Withdraw _ -> enter(Phase.WITHDRAWN, cause, now, out);
      case IngressIntent.Drain _ -> {
        // What is withdrawn already (the listener had failed) is not announced in order to drain.
        if (phase == Phase.ANNOUNCED) {
          enter(Phase.DRAINING, cause, now, out);
          drainedAtNanos =
              OptionalLong.of(now.monotonicNanos() + config.drainMillis() * NANOS_PER_MILLI);
        }
      }
    }
  }

  private void enter(Phase next, String cause, Now now, List<IngressEffect> out) {
    phase = next;
    drainedAtNanos = OptionalLong.empty();
    for (UpstreamSession upstream : upstreams.values()) {
      upstream.sync(phase, now, cause, out);
    }
    if (wish == OperatorWish.LEAVE && phase == Phase.WITHDRAWN) {
      out.add(new IngressEffect.Left());
    }
  }

  private UpstreamSession upstream(String name) {
    UpstreamSession upstream = upstreams.get(name);
    if (upstream == null) {
      throw new InvariantBroken("events name configured upstreams; there is no " + name);
    }
    return upstream;
  }

  private static OptionalLong earlier(OptionalLong one, OptionalLong other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isPresent() ? one : other;
    }
    return one.getAsLong() - other.getAsLong() <= 0 ? one : other;
  }
}
