package io.landfall.signal;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.SignalStep.Answer;
import io.landfall.signal.SignalStep.Why;
import io.landfall.signal.Verdict.Told;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What every service of this node says, and why.
 *
 * <p>A service says UP when nobody has withdrawn it, its lease is valid if it depends on one, at
 * least one of its backends is up, and, where service hosts speak for it, one of them says so;
 * DRAINING instead while it, the node or its hosts drain; DOWN otherwise: the strictest word wins.
 * What it says is told when it changes: worse at once, better through {@link Damping}.
 *
 * <p>Every step first moves the object to the given time (leases end, held news is released), then
 * applies the event, then compares what each service says with what was told. So the order of
 * events and deadlines inside one instant does not matter, and after a pause the first action
 * already sees what has ended meanwhile. A pause of this process longer than {@link #PAUSE_NANOS}
 * makes probes that were out void: they timed our own stillness, not the backend.
 *
 * <p>Single-threaded; no clock, no socket. Times are monotonic nanoseconds and may not go back.
 */
public final class LocalSignals {
  /** The most services of one node. */
  public static final int MAX_SERVICES = 4096;

  /** The owner is this late for a deadline: the process stood still. */
  public static final long PAUSE_NANOS = 1_000_000_000L;

  private static final class Local {
    final ServiceSpec spec;
    final Optional<ServiceHealth> health;
    final Damping damping;
    final HostWords hosts;
    boolean withdrawn;
    boolean draining;
    Told told = Told.NOTHING;
    long changes;

    Local(ServiceSpec spec, long nowNanos) {
      this.spec = spec;
      this.damping = new Damping(nowNanos);
      this.health =
          spec.isHostedHere()
              ? Optional.of(new ServiceHealth(spec.probe(), spec.backends(), nowNanos))
              : Optional.empty();
      this.hosts =
          new HostWords(spec.speakers(), i -> health.map(each -> each.isUp(i)).orElse(false));
    }
  }

  private final TreeMap<ServiceName, Local> services = new TreeMap<>();
  private final LeaseTable leases;
  private boolean nodeDraining;
  private long nowNanos;

  /**
   * Nothing is known yet: every service is DOWN until its first probe.
   *
   * @throws IllegalArgumentException when there are too many services, or one twice
   */
  public LocalSignals(Collection<ServiceSpec> specs, long nowNanos) {
    if (specs.size() > MAX_SERVICES) {
      throw new IllegalArgumentException("a node has at most " + MAX_SERVICES + " services");
    }
    this.nowNanos = nowNanos;
    TreeSet<ServiceName> hosted = new TreeSet<>();
    for (ServiceSpec spec : specs) {
      if (services.put(spec.name(), new Local(spec, nowNanos)) != null) {
        throw new IllegalArgumentException("service " + spec.name() + " is configured twice");
      }
      if (spec.isHostedHere()) {
        hosted.add(spec.name());
      }
    }
    this.leases = new LeaseTable(hosted);
  }

  /** Applies one event at this time. */
  public SignalStep step(SignalEvent event, long atNanos) {
    moveTo(atNanos);
    Answer answer = apply(event);
    return new SignalStep(tell(), answer);
  }

  private void moveTo(long atNanos) {
    if (atNanos - nowNanos < 0) {
      throw new InvariantBroken(
          "monotonic time does not go back, but went from " + nowNanos + " to " + atNanos);
    }
    for (Local local : services.values()) {
      if (local.health.isPresent()
          && atNanos - nowNanos > PAUSE_NANOS
          && atNanos - local.health.get().deadlineNanos() > PAUSE_NANOS) {
        local.health.get().resumedAfterPause(atNanos);
      }
    }
    nowNanos = atNanos;
  }

  private Answer apply(SignalEvent event) {
    return switch (event) {
      case SignalEvent.Tick() -> new Answer.Done();
      case SignalEvent.ProbeDone(
              ServiceName service,
              ProbeTicket ticket,
              boolean ok,
              String why) -> {
        health(service).ifPresent(health -> health.probeResult(ticket, ok, why, nowNanos));
        yield new Answer.Done();
      }
      case SignalEvent.BackendRefused(ServiceName service, int index, String why) -> {
        health(service).ifPresent(health -> health.backendRefused(index, why, nowNanos));
        yield new Answer.Done();
      }
      case SignalEvent.Announce announce ->
          onHosted(announce.service(), l -> announce(l, announce));
      case SignalEvent.Withdraw(ServiceName service) ->
          onHosted(
              service,
              local -> {
                local.withdrawn = true;
                leases.release(service);
                return new Answer.Done();
              });
      case SignalEvent.HostSaid said -> {
        hosts(said.service())
            .ifPresent(hosts -> hosts.said(said.host(), said.signal(), said.tier()));
        yield new Answer.Done();
      }
      case SignalEvent.HostSilent(ServiceName service, String host, String why) -> {
        hosts(service).ifPresent(hosts -> hosts.silent(host, why));
        yield new Answer.Done();
      }
      case SignalEvent.Drain(Optional<ServiceName> service) -> drain(service, true);
      case SignalEvent.Undrain(Optional<ServiceName> service) -> drain(service, false);
    };
  }

  private Optional<ServiceHealth> health(ServiceName service) {
    Local local = services.get(service);
    return local == null ? Optional.empty() : local.health;
  }

  private Optional<HostWords> hosts(ServiceName service) {
    return Optional.ofNullable(services.get(service)).map(local -> local.hosts);
  }

  private interface Command {
    Answer on(Local local);
  }

  private Answer onHosted(ServiceName service, Command command) {
    Local local = services.get(service);
    if (local == null) {
      return new Answer.Refused(
          Why.UNKNOWN_SERVICE, "no service " + service + " is configured at this node");
    }
    if (!local.spec.isHostedHere()) {
      return new Answer.Refused(
          Why.NOT_HOSTED_HERE,
          "service " + service + " has no backends at this site, so it has nothing to say here");
    }
    return command.on(local);
  }

  private Answer announce(Local local, SignalEvent.Announce announce) {
    ServiceName service = announce.service();
    if (announce.lease().isEmpty()) {
      leases.release(service);
      local.withdrawn = false;
      return new Answer.Done();
    }
    SignalEvent.LeaseRequest request = announce.lease().get();
    SignalEvent.Fence fence = request.fence().orElseGet(() -> nextFence(service));
    LeaseTable.Grant grant =
        leases.grant(service, fence.incarnation(), fence.sequence(), request.ttlNanos(), nowNanos);
    return switch (grant) {
      case LeaseTable.Grant.Granted granted -> {
        local.withdrawn = false;
        yield new Answer.Leased(
            granted.lease(),
            granted.renewAfterNanos() / 1_000_000,
            granted.stopAfterNanos() / 1_000_000);
      }
      case LeaseTable.Grant.Stale stale ->
          new Answer.Refused(
              Why.STALE_LEASE,
              "the lease of "
                  + service
                  + " is at incarnation "
                  + stale.newest().incarnation()
                  + " sequence "
                  + stale.newest().sequence()
                  + ", and this request is not newer");
      case LeaseTable.Grant.Refused refused -> new Answer.Refused(Why.BAD_TTL, refused.sentence());
    };
  }

  private SignalEvent.Fence nextFence(ServiceName service) {
    return leases
        .newest(service)
        .map(lease -> new SignalEvent.Fence(lease.incarnation(), lease.sequence() + 1))
        .orElseGet(() -> new SignalEvent.Fence(0, 0));
  }

  private Answer drain(Optional<ServiceName> service, boolean draining) {
    if (service.isEmpty()) {
      nodeDraining = draining;
      return new Answer.Done();
    }
    return onHosted(
        service.get(),
        local -> {
          local.draining = draining;
          return new Answer.Done();
        });
  }

  private List<SignalChange> tell() {
    List<SignalChange> changes = new ArrayList<>();
    for (Local local : services.values()) {
      Verdict verdict = verdict(local);
      Told from = local.told;
      Told to = verdict.told();
      if (to.equals(from) || isHeld(local, to)) {
        continue;
      }
      if (to.isBetterThan(from)) {
        local.damping.toldGoodNews(nowNanos);
      } else if (to.signal() == Signal.DOWN || verdict.byHosts()) {
        // An operator's drain is no flap; a host that worsens its word again and again is.
        local.damping.withdrew(nowNanos);
      }
      local.told = to;
      local.changes++;
      changes.add(
          new SignalChange(
              local.spec.name(), from.signal(), to.signal(), to.tier(), verdict.why()));
    }
    return changes;
  }

  private boolean isHeld(Local local, Told wanted) {
    return wanted.isBetterThan(local.told) && local.damping.heldUntilNanos(nowNanos).isPresent();
  }

  private Verdict verdict(Local local) {
    ServiceName service = local.spec.name();
    if (local.health.isEmpty()) {
      return Verdict.down("no backends at this site");
    }
    ServiceHealth health = local.health.get();
    if (local.withdrawn) {
      return Verdict.down("withdrawn by command");
    }
    if (!leases.isValid(service, nowNanos)) {
      return Verdict.down("its lease has ended without a renewal");
    }
    if (!health.isUp()) {
      return Verdict.down(health.why());
    }
    HostWords hosts = local.hosts;
    if (hosts.signal() == Signal.DOWN) {
      return Verdict.down(hosts.why());
    }
    if (!hosts.allowsAnyOf(health.addresses().size())) {
      return Verdict.down(hosts.why() + ", but no backend of such a host is up");
    }
    if (nodeDraining || local.draining) {
      return new Verdict(
          new Told(Signal.DRAINING, hosts.tier()),
          nodeDraining ? "the node drains" : "the service drains",
          false);
    }
    return new Verdict(
        new Told(hosts.signal(), hosts.tier()),
        hosts.isSpokenFor() ? hosts.why() + "; " + health.why() : health.why(),
        hosts.isSpokenFor());
  }

  /** The probes to run now; each is given once. */
  public List<ProbeOrder> dueProbes(long atNanos) {
    moveTo(atNanos);
    List<ProbeOrder> orders = new ArrayList<>();
    for (Local local : services.values()) {
      if (local.health.isPresent()) {
        ServiceHealth health = local.health.get();
        for (ProbeTicket ticket : health.dueProbes(nowNanos)) {
          orders.add(
              new ProbeOrder(
                  local.spec.name(),
                  ticket,
                  health.spec(),
                  health.addresses().get(ticket.backendIndex())));
        }
      }
    }
    return orders;
  }

  /** When to step with a Tick and take the due probes again; {@code Long.MAX_VALUE} when never. */
  public long deadlineNanos() {
    Optional<Long> earliest = leases.deadlineNanos(nowNanos);
    for (Local local : services.values()) {
      if (local.health.isPresent()) {
        earliest = earlier(earliest, Optional.of(local.health.get().deadlineNanos()));
      }
      if (isHeld(local, verdict(local).told())) {
        earliest = earlier(earliest, local.damping.heldUntilNanos(nowNanos));
      }
    }
    return earliest.orElse(Long.MAX_VALUE);
  }

  private static Optional<Long> earlier(Optional<Long> a, Optional<Long> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return a.get() - b.get() <= 0 ? a : b;
  }

  /** What a service says now; DOWN too for one that is not configured. */
  public Signal signal(ServiceName service) {
    Local local = services.get(service);
    return local == null ? Signal.DOWN : local.told.signal();
  }

  /** Whether this backend of a service is up and its host stands by it: what may be sent to. */
  public boolean isBackendUp(ServiceName service, int backendIndex) {
    return health(service).map(health -> health.isUp(backendIndex)).orElse(false)
        && hosts(service).map(hosts -> hosts.allows(backendIndex)).orElse(false);
  }

  /** Whether every backend of every service has had a first verdict: End-of-RIB may be sent. */
  public boolean isEvaluated() {
    for (Local local : services.values()) {
      if (local.health.isPresent() && !local.health.get().isEvaluated()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the node as a whole drains. */
  public boolean isNodeDraining() {
    return nodeDraining;
  }

  /** Every service, by name. */
  public List<LocalServiceView> view(long atNanos) {
    List<LocalServiceView> views = new ArrayList<>();
    for (Local local : services.values()) {
      Verdict verdict = verdict(local);
      Optional<Long> heldUntil =
          isHeld(local, verdict.told()) ? local.damping.heldUntilNanos(atNanos) : Optional.empty();
      String why =
          heldUntil.isPresent()
              ? "it flapped, and is held back; otherwise "
                  + verdict.told().signal()
                  + ": "
                  + verdict.why()
              : verdict.why();
      views.add(
          new LocalServiceView(
              local.spec.name(),
              local.told.signal(),
              local.told.tier(),
              why,
              verdict.told().signal(),
              local.spec.isHostedHere(),
              local.health.map(ServiceHealth::isEvaluated).orElse(true),
              local.withdrawn,
              nodeDraining || local.draining,
              leases.remainingNanos(local.spec.name(), atNanos).map(nanos -> nanos / 1_000_000),
              (int) Math.round(local.damping.penalty(atNanos)),
              heldUntil.map(until -> (until - atNanos) / 1_000_000),
              local.changes,
              local.health.map(ServiceHealth::view).orElse(List.of())));
    }
    return views;
  }
}
