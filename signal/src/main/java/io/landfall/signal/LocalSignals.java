package io.landfall.signal;

import io.landfall.core.DeadlineQueue;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.SignalAnswer.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What the signal of every service of this node is, and why.
 *
 * <p>A service is UP when it is not withdrawn, its lease is valid if it depends on one, at least
 * one of its backends is up, and, where service hosts give its signal, one of them gives UP;
 * DRAINING instead while it, the node or its hosts drain; COLD instead of UP while its cache is
 * ({@link Warmth}); DOWN otherwise: the strictest input wins. The signal is published when it
 * changes: worse at once, better through {@link Damping}.
 *
 * <p>A step costs what the event is about, and not what there is. It applies the event to its
 * service, judges that service for the given time, and starts the probes that have become due. What
 * ends by itself (leases, held news, probes that are lost) waits in one {@link DeadlineQueue} until
 * a tick takes it out. So the order of events and deadlines inside one instant does not matter, and
 * after a pause the first action on a service already sees what has ended for it meanwhile.
 *
 * <p>Being late is our own fault until shown otherwise. Only a tick declares a probe lost, and the
 * driver has to hand over all results that have arrived before it ticks; each counts from when the
 * prober saw it. {@link BackendHealth} describes how it treats probes that stood still with us,
 * {@link ProbeSchedule} why none grows old in a queue of ours, and {@link FirstProbes} why they do
 * not all start in one instant. A lease ends at its end in any case: that is its promise.
 *
 * <p>Single-threaded; no clock, no socket. Times are monotonic nanoseconds and may not go back.
 */
public final class LocalSignals implements Machine<SignalEvent, SignalEffect> {
  /** The most services of one node. */
  public static final int MAX_SERVICES = 4096;

  /** The most probes that connect to a backend at a time, so that they cannot use up sockets. */
  public static final int MAX_CONNECTIONS = 1024;

  /** The most commands that run at a time; a process costs far more than a socket. */
  public static final int MAX_COMMANDS = 32;

  private final ConfiguredServices services = new ConfiguredServices();
  private final DeadlineQueue<ConfiguredService> ends = new DeadlineQueue<>();
  private final ProbeSchedule probes;
  private final LeaseTable leases;
  private boolean nodeDraining;

  /** Services with a backend that has had no verdict yet. */
  private int unevaluated;

  private boolean evaluationReported;
  private boolean stepped;
  private long nowNanos;

  /**
   * Nothing is known yet: every service is DOWN until its first probe.
   *
   * @throws IllegalArgumentException when there are too many services, or one twice
   */
  public LocalSignals(Collection<ServiceSpec> specs, long nowNanos) {
    this.nowNanos = nowNanos;
    this.probes = new ProbeSchedule(nowNanos);
    List<ConfiguredService> all = services.configure(specs, nowNanos).come();
    all.forEach(local -> local.health().ifPresent(health -> probes.changed(local, health, 0)));
    this.leases = new LeaseTable(services.hosted());
    this.unevaluated = (int) all.stream().filter(local -> !local.isEvaluated()).count();
  }

  @Override
  public List<SignalEffect> step(SignalEvent event, Now now) {
    if (now.monotonicNanos() - nowNanos < 0) {
      throw new InvariantBroken(
          "monotonic time does not go back, but went from "
              + nowNanos
              + " to "
              + now.monotonicNanos());
    }
    if (!stepped) {
      stepped = true;
      begin(now.monotonicNanos() - nowNanos);
    }
    nowNanos = now.monotonicNanos();
    Outcome outcome = new Outcome();
    Optional<SignalAnswer> answer = apply(event, outcome);
    List<SignalEffect> effects = new ArrayList<>(outcome.changes);
    effects.addAll(outcome.backends);
    if (!evaluationReported && unevaluated == 0) {
      evaluationReported = true;
      effects.add(new SignalEffect.EvaluatedOnce());
    }
    effects.addAll(probes.start(nowNanos, this::setEnd));
    answer.ifPresent(each -> effects.add(new SignalEffect.Answered(each)));
    return effects;
  }

  /** The first step: a node that took long to start still spreads its first probes. */
  private void begin(long sinceMadeNanos) {
    for (ConfiguredService local : services.all()) {
      local
          .health()
          .ifPresent(health -> onHealth(local, health, each -> each.postpone(sinceMadeNanos)));
    }
  }

  /** What the services that a step touched have to publish. */
  private static final class Outcome {
    final List<SignalEffect> changes = new ArrayList<>();
    final List<SignalEffect> backends = new ArrayList<>();
  }

  private Optional<SignalAnswer> apply(SignalEvent event, Outcome outcome) {
    return switch (event) {
      case SignalEvent.Tick() -> {
        tick(outcome);
        yield Optional.empty();
      }
      case SignalEvent.ProbeDone done ->
          onHealth(
              done.service(),
              outcome,
              health ->
                  health.probeResult(
                      done.ticket(), done.ok(), done.why(), done.seenAtNanos(), nowNanos));
      case SignalEvent.ProbeNotRun(ServiceName service, ProbeTicket ticket) ->
          onHealth(service, outcome, health -> health.probeNotRun(ticket, nowNanos));
      case SignalEvent.BackendRefused(ServiceName service, int index, String why) ->
          onHealth(service, outcome, health -> health.backendRefused(index, why, nowNanos));
      case SignalEvent.BackendInDoubt(ServiceName service, int index, String why) ->
          onHealth(service, outcome, health -> health.backendInDoubt(index, why, nowNanos));
      case SignalEvent.HostAdvertised advertised ->
          on(
              advertised.service(),
              outcome,
              l -> l.advertised(advertised.host(), advertised.signal(), advertised.tier()));
      case SignalEvent.HostWithdrawn(ServiceName service, String host, String why) ->
          on(service, outcome, local -> local.withdrawn(host, why));
      case SignalEvent.CacheCounted(ServiceName service, CacheFill fill) ->
          on(service, outcome, local -> local.counted(fill, nowNanos));
      case SignalEvent.Announce announce ->
          command(announce.service(), outcome, local -> announce(local, announce));
      case SignalEvent.Withdraw(ServiceName service) ->
          command(
              service,
              outcome,
              local -> {
                local.withdrawn(true);
                leases.release(service);
                return new SignalAnswer.Done();
              });
      case SignalEvent.DrainBackend drain ->
          command(drain.service(), outcome, local -> drainBackend(local, drain));
      case SignalEvent.Drain(Optional<ServiceName> service) -> drain(service, true, outcome);
      case SignalEvent.Undrain(Optional<ServiceName> service) -> drain(service, false, outcome);
      case SignalEvent.Configure(List<ServiceSpec> specs) -> {
        configure(specs, outcome);
        yield Optional.empty();
      }
    };
  }

  private void tick(Outcome outcome) {
    List<ConfiguredService> due = ends.takeDue(nowNanos);
    due.sort(Comparator.comparing(local -> local.spec().name()));
    for (ConfiguredService local : due) {
      local.health().ifPresent(health -> onHealth(local, health, h -> h.giveUpLost(nowNanos)));
      judge(local, outcome);
    }
  }

  private void configure(List<ServiceSpec> specs, Outcome outcome) {
    ConfiguredServices.Difference difference = services.configure(specs, nowNanos);
    leases.configure(services.hosted());
    for (ConfiguredService gone : difference.gone()) {
      gone.health().ifPresent(health -> probes.forget(gone, health));
      ends.set(gone.endEntry(), OptionalLong.empty());
      unevaluated -= gone.isEvaluated() ? 0 : 1;
      ServiceName name = gone.spec().name();
      if (services.get(name) == null && gone.signal() != Signal.DOWN) {
        outcome.changes.add(
            new SignalEffect.Changed(
                new SignalChange(name, gone.signal(), Signal.DOWN, 0, "it left the config")));
      }
    }
    for (ConfiguredService come : difference.come()) {
      unevaluated += come.isEvaluated() ? 0 : 1;
      come.health().ifPresent(health -> probes.changed(come, health, 0));
      judge(come, outcome);
    }
  }

  private Optional<SignalAnswer> on(
      ServiceName service, Outcome outcome, Consumer<ConfiguredService> step) {
    ConfiguredService local = services.get(service);
    if (local != null) {
      step.accept(local);
      judge(local, outcome);
    }
    return Optional.empty();
  }

  private Optional<SignalAnswer> onHealth(
      ServiceName service, Outcome outcome, Consumer<ServiceHealth> step) {
    return on(
        service,
        outcome,
        local -> local.health().ifPresent(health -> onHealth(local, health, step)));
  }

  private void onHealth(
      ConfiguredService local, ServiceHealth health, Consumer<ServiceHealth> step) {
    int out = health.probing();
    boolean evaluated = health.isEvaluated();
    step.accept(health);
    unevaluated -= !evaluated && health.isEvaluated() ? 1 : 0;
    probes.changed(local, health, out);
  }

  private interface Command {
    SignalAnswer on(ConfiguredService local);
  }

  private Optional<SignalAnswer> command(ServiceName service, Outcome outcome, Command command) {
    ConfiguredService local = services.get(service);
    Optional<SignalAnswer> refusal = services.refusal(service);
    if (local == null || refusal.isPresent()) {
      return refusal;
    }
    SignalAnswer answer = command.on(local);
    judge(local, outcome);
    return Optional.of(answer);
  }

  private SignalAnswer announce(ConfiguredService local, SignalEvent.Announce announce) {
    ServiceName service = local.spec().name();
    if (announce.lease().isEmpty()) {
      leases.release(service);
      local.withdrawn(false);
      return new SignalAnswer.Done();
    }
    SignalAnswer answer = leases.answer(service, announce.lease().get(), nowNanos);
    if (answer instanceof SignalAnswer.Leased) {
      local.withdrawn(false);
    }
    return answer;
  }

  private static SignalAnswer drainBackend(
      ConfiguredService local, SignalEvent.DrainBackend drain) {
    int index = drain.backendIndex();
    if (index < 0 || index >= local.spec().backends().size()) {
      return new SignalAnswer.Refused(
          Why.UNKNOWN_BACKEND, local.spec().name() + " has no such backend at this node");
    }
    local.drained(index, drain.begins());
    return new SignalAnswer.Done();
  }

  private Optional<SignalAnswer> drain(
      Optional<ServiceName> service, boolean draining, Outcome outcome) {
    if (service.isPresent()) {
      return command(
          service.get(),
          outcome,
          local -> {
            local.draining(draining);
            return new SignalAnswer.Done();
          });
    }
    nodeDraining = draining;
    services.all().forEach(local -> judge(local, outcome));
    return Optional.of(new SignalAnswer.Done());
  }

  /** Publishes what a service's signal is now, and notes when that may change by itself. */
  private void judge(ConfiguredService local, Outcome outcome) {
    if (local.weigh()) {
      outcome.backends.add(new SignalEffect.BackendsChanged(local.spec().name()));
    }
    local.warmIfLate(nowNanos);
    outcome.backends.addAll(local.takeTurns());
    SignalVerdict verdict = verdict(local);
    OptionalLong warm = local.warmFromNanos(verdict, nowNanos);
    local
        .publish(verdict, nowNanos)
        .ifPresent(change -> outcome.changes.add(new SignalEffect.Changed(change)));
    local.judgedUntil(
        ProbeSchedule.earlier(
            warm,
            ProbeSchedule.earlier(
                local.heldUntilNanos(verdict.published(), nowNanos),
                leases.endNanos(local.spec().name(), nowNanos))));
    setEnd(local);
  }

  private SignalVerdict verdict(ConfiguredService local) {
    return local.verdict(leases.isValid(local.spec().name(), nowNanos), nodeDraining);
  }

  private void setEnd(ConfiguredService local) {
    ends.set(local.endEntry(), local.endNanos());
  }

  @Override
  public OptionalLong deadlineNanos() {
    return ProbeSchedule.earlier(ends.firstNanos(), probes.deadlineNanos());
  }

  /** The signal of a service as it was published; DOWN too for one that is not configured. */
  public Signal signal(ServiceName service) {
    ConfiguredService local = services.get(service);
    return local == null ? Signal.DOWN : local.signal();
  }

  /** How often the signal or the tier of a service has changed; 0 for one not configured. */
  public long changes(ServiceName service) {
    ConfiguredService local = services.get(service);
    return local == null ? 0 : local.changes();
  }

  /** The tier that a service's hosts give it, as it was published; 0 for one without hosts. */
  public long tier(ServiceName service) {
    ConfiguredService local = services.get(service);
    return local == null ? 0 : local.tier();
  }

  /** The signal and why it is that one, for an operator, as {@code DOWN: withdrawn by command}. */
  public String signalAndWhy(ServiceName service) {
    ConfiguredService local = services.get(service);
    if (local == null) {
      return Signal.DOWN.name();
    }
    LocalServiceView.PublishedView published =
        local.view(verdict(local), nodeDraining, leases.held(service), nowNanos).published();
    return published.signal() + ": " + published.why();
  }

  /** Why the cache of a service here is cold; empty when it is not, or the service not hosted. */
  public Optional<String> whyCold(ServiceName service) {
    return Optional.ofNullable(services.get(service)).flatMap(ConfiguredService::whyCold);
  }

  /** What this backend of a service may be used for. */
  public BackendUse use(ServiceName service, int backendIndex) {
    ConfiguredService local = services.get(service);
    return local == null ? BackendUse.NONE : local.use(backendIndex);
  }

  /** Whether every backend of every service has had a first verdict. */
  public boolean isEvaluated() {
    return unevaluated == 0;
  }

  /** Every service, by name. */
  public List<LocalServiceView> view(long atNanos) {
    List<LocalServiceView> views = new ArrayList<>();
    for (ConfiguredService local : services.all()) {
      views.add(
          local.view(verdict(local), nodeDraining, leases.held(local.spec().name()), atNanos));
    }
    return views;
  }
}
