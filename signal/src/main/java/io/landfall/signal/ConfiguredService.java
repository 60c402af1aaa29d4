package io.landfall.signal;

import io.landfall.core.DeadlineQueue;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Lease;
import io.landfall.core.Signal;
import io.landfall.signal.LocalServiceView.Condition;
import io.landfall.signal.SignalVerdict.Cause;
import io.landfall.signal.SignalVerdict.Published;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One configured service: all that was reported of it, and the verdict that follows. What reading
 * it costs depends on its own backends and hosts, and on no other service.
 */
final class ConfiguredService {
  private final ServiceSpec spec;
  private final Optional<ServiceHealth> health;
  private final Damping damping;
  private final HostSignals hosts;
  private final Warmth warmth;
  private final int number;
  private final DeadlineQueue.Entry<ConfiguredService> dueEntry;
  private final DeadlineQueue.Entry<ConfiguredService> endEntry;
  private boolean withdrawn;
  private boolean draining;
  private Published published = Published.NOTHING;
  private long changes;

  private final BackendUses uses = new BackendUses();

  /** When a lease or a hold ends, so that the verdict may be another. */
  private OptionalLong judgedUntilNanos = OptionalLong.empty();

  private boolean weighAgain;
  private long turnsWeighed;

  /**
   * Nothing is known of it.
   *
   * @param number its place among all services by name, which orders what is due at one time
   */
  ConfiguredService(ServiceSpec spec, int number, FirstProbes first, long nowNanos) {
    this.spec = spec;
    this.number = number;
    this.damping = new Damping(nowNanos);
    this.warmth = new Warmth(spec.warmth());
    this.health =
        spec.isHostedHere()
            ? Optional.of(new ServiceHealth(spec.probe(), spec.backends(), i -> first.next()))
            : Optional.empty();
    this.hosts =
        new HostSignals(spec.hosts(), spec.backends().size(), i -> isUp(i) && getsRequests(i));
    this.dueEntry = new DeadlineQueue.Entry<>(this, number);
    this.endEntry = new DeadlineQueue.Entry<>(this, number);
  }

  /**
   * The same service as another config has it. What was published stays published until it is
   * judged; what is known of backends and hosts that are still there, and what an operator asked
   * for, stays.
   */
  ConfiguredService(ServiceSpec spec, ConfiguredService before, FirstProbes first, long nowNanos) {
    this.spec = spec;
    this.number = before.number;
    this.damping = before.damping;
    this.warmth =
        spec.warmth().equals(before.spec.warmth()) ? before.warmth : new Warmth(spec.warmth());
    this.health = healthAfter(before, first, nowNanos);
    this.withdrawn = before.withdrawn;
    this.draining = before.draining;
    this.published = before.published;
    this.changes = before.changes;
    before.health.ifPresent(of -> uses.take(before.uses, of.places(spec.backends())));
    this.hosts =
        new HostSignals(spec.hosts(), spec.backends().size(), i -> isUp(i) && getsRequests(i));
    hosts.take(before.hosts);
    this.weighAgain = true;
    this.dueEntry = new DeadlineQueue.Entry<>(this, number);
    this.endEntry = new DeadlineQueue.Entry<>(this, number);
  }

  private Optional<ServiceHealth> healthAfter(
      ConfiguredService before, FirstProbes first, long nowNanos) {
    if (!spec.isHostedHere()) {
      return Optional.empty();
    }
    if (before.health.isEmpty()) {
      return Optional.of(new ServiceHealth(spec.probe(), spec.backends(), i -> first.next()));
    }
    ServiceHealth of = before.health.get();
    return spec.probe().equals(before.spec.probe())
            && spec.backends().equals(before.spec.backends())
        ? before.health
        : Optional.of(
            new ServiceHealth(of, spec.probe(), spec.backends(), i -> first.next(), nowNanos));
  }

  ServiceSpec spec() {
    return spec;
  }

  /** Empty when the service has no backend at this site. */
  Optional<ServiceHealth> health() {
    return health;
  }

  /** The health of a service that is known to be hosted here. */
  ServiceHealth hostedHealth() {
    return health.orElseThrow(() -> new InvariantBroken("only hosted services are probed"));
  }

  /** Its place among those that wait for a probe. */
  DeadlineQueue.Entry<ConfiguredService> dueEntry() {
    return dueEntry;
  }

  /** Its place among those for which something ends. */
  DeadlineQueue.Entry<ConfiguredService> endEntry() {
    return endEntry;
  }

  void withdrawn(boolean isWithdrawn) {
    withdrawn = isWithdrawn;
  }

  void draining(boolean isDraining) {
    draining = isDraining;
  }

  void advertised(String host, Signal signal, long tier) {
    hosts.advertised(host, signal, tier);
    weighAgain = true;
  }

  void withdrawn(String host, String why) {
    hosts.withdrawn(host, why);
    weighAgain = true;
  }

  void counted(CacheFill fill, long nowNanos) {
    warmth.counted(fill, nowNanos);
  }

  boolean isEvaluated() {
    return health.isEmpty() || health.get().isEvaluated();
  }

  /** What a backend may be used for. */
  BackendUse use(int backendIndex) {
    return uses.use(backendIndex);
  }

  /** The news of backends since it was asked last. */
  List<SignalEffect.BackendTurned> takeTurns() {
    List<SignalEffect.BackendTurned> turns = new ArrayList<>();
    for (int i : uses.takeTurned()) {
      turns.add(
          new SignalEffect.BackendTurned(spec.name(), spec.backends().get(i), use(i), whyUse(i)));
    }
    return turns;
  }

  private String whyUse(int backendIndex) {
    if (use(backendIndex) == BackendUse.NONE) {
      // One that is down has an error; what is up and not used is kept out by its hosts.
      return health.flatMap(each -> each.lastError(backendIndex)).orElseGet(hosts::why);
    }
    if (uses.isDrained(backendIndex)) {
      return "drained by command";
    }
    return getsRequests(backendIndex) ? "it is up" : "its weight is 0";
  }

  private boolean isUp(int backendIndex) {
    return health.map(each -> each.isUp(backendIndex)).orElse(false);
  }

  /** Whether neither an operator nor the config keeps requests from it. */
  private boolean getsRequests(int backendIndex) {
    return !uses.isDrained(backendIndex) && !spec.withoutWeight().contains(backendIndex);
  }

  /** An operator drains a backend, or does so no longer. */
  void drained(int backendIndex, boolean isDrained) {
    uses.drain(backendIndex, isDrained);
    weighAgain = true;
  }

  /** Takes in what backends and hosts are now; gives whether other backends are usable. */
  boolean weigh() {
    if (health.isEmpty() || (!weighAgain && turnsWeighed == health.get().turns())) {
      return false;
    }
    weighAgain = false;
    turnsWeighed = health.get().turns();
    hosts.weigh();
    ServiceHealth of = health.get();
    return uses.weigh(
        spec.backends().size(),
        new BackendUses.Inputs(this::isUp, of::isEvaluated, this::getsRequests, hosts::allows));
  }

  /** What would be published of it now: the strictest report counts. */
  SignalVerdict verdict(boolean leaseValid, boolean nodeDraining) {
    if (health.isEmpty()) {
      return SignalVerdict.down(Cause.NOT_HOSTED);
    }
    if (withdrawn) {
      return SignalVerdict.down(Cause.WITHDRAWN);
    }
    if (!leaseValid) {
      return SignalVerdict.down(Cause.LEASE_ENDED);
    }
    if (!health.get().isUp()) {
      return SignalVerdict.down(Cause.BACKENDS_DOWN);
    }
    if (!takesAny() && areUpOnesDrained()) {
      return SignalVerdict.down(Cause.BACKENDS_DRAINED);
    }
    if (hosts.signal() == Signal.DOWN) {
      return SignalVerdict.down(Cause.HOSTS_DOWN);
    }
    if (!takesAny()) {
      return SignalVerdict.down(Cause.BACKENDS_OF_HOSTS_DOWN);
    }
    if (nodeDraining || draining) {
      return new SignalVerdict(
          new Published(Signal.DRAINING, hosts.tier()),
          nodeDraining ? Cause.NODE_DRAINS : Cause.SERVICE_DRAINS);
    }
    if (hosts.signal() == Signal.UP && warmth.isCold()) {
      return new SignalVerdict(new Published(Signal.COLD, hosts.tier()), Cause.CACHE_COLD);
    }
    return new SignalVerdict(
        new Published(hosts.signal(), hosts.tier()),
        hosts.isAdvertisedByHosts() ? Cause.HOSTS : Cause.BACKENDS_UP);
  }

  /** Why its cache is cold, if it is and there is one here. */
  Optional<String> whyCold() {
    return health.isPresent() && warmth.isCold() ? Optional.of(warmth.why()) : Optional.empty();
  }

  /** What its cache is when the time limit of a cold one has passed. */
  void warmIfLate(long nowNanos) {
    warmth.passed(nowNanos);
  }

  /** Notes that it can be used, if it can, so that its cache is filled; gives when it is warm. */
  OptionalLong warmFromNanos(SignalVerdict verdict, long nowNanos) {
    if (verdict.published().signal().isAdvertised()) {
      warmth.used(nowNanos);
    }
    return warmth.endNanos();
  }

  /** Whether there is a backend that takes requests of any kind. */
  private boolean takesAny() {
    return uses.takesAny(i -> !spec.forSome().contains(i));
  }

  /** Whether each backend that is up gets none, or not all, by a drain, its weight or its kind. */
  private boolean areUpOnesDrained() {
    for (int i = 0; i < spec.backends().size(); i++) {
      if (isUp(i) && getsRequests(i) && !spec.forSome().contains(i)) {
        return false;
      }
    }
    return true;
  }

  /** A verdict's reason, for a person. */
  String why(Cause cause) {
    String ofHealth = health.map(ServiceHealth::why).orElse("");
    return switch (cause) {
      case NOT_HOSTED -> "no backends at this site";
      case WITHDRAWN -> "withdrawn by command";
      case LEASE_ENDED -> "its lease has ended without a renewal";
      case BACKENDS_DOWN, BACKENDS_UP -> ofHealth;
      case BACKENDS_DRAINED -> ofHealth + spec.whyNoneTakes(uses.drained());
      case HOSTS_DOWN -> hosts.why();
      case BACKENDS_OF_HOSTS_DOWN -> hosts.why() + ", but no backend of such a host is up";
      case NODE_DRAINS -> "the node drains";
      case SERVICE_DRAINS -> "the service drains";
      case HOSTS -> hosts.why() + "; " + ofHealth;
      case CACHE_COLD -> warmth.why() + "; " + ofHealth;
    };
  }

  /** Until when this has to wait before it may be published; empty when it may be now. */
  OptionalLong heldUntilNanos(Published wanted, long nowNanos) {
    return wanted.isBetterThan(published) ? damping.heldUntilNanos(nowNanos) : OptionalLong.empty();
  }

  /** Publishes the verdict; empty when it has been published already, or is held back. */
  Optional<SignalChange> publish(SignalVerdict verdict, long nowNanos) {
    Published from = published;
    Published to = verdict.published();
    if (to.equals(from) || heldUntilNanos(to, nowNanos).isPresent()) {
      return Optional.empty();
    }
    if (to.isBetterThan(from)) {
      damping.publishedGoodNews(nowNanos);
    } else if (to.signal() == Signal.DOWN || verdict.byHosts()) {
      // An operator's drain is no flap; a host that worsens its advertisement again and again is.
      damping.withdrew(nowNanos);
    }
    published = to;
    changes++;
    return Optional.of(
        new SignalChange(spec.name(), from.signal(), to.signal(), to.tier(), why(verdict.cause())));
  }

  /** How often another signal or tier was published. */
  long changes() {
    return changes;
  }

  /** Until when the last verdict holds if nothing is reported; empty when for ever. */
  void judgedUntil(OptionalLong nanos) {
    judgedUntilNanos = nanos;
  }

  /** When something ends here by itself: the last verdict, or the wait for a probe. */
  OptionalLong endNanos() {
    return health.isPresent()
        ? ProbeSchedule.earlier(judgedUntilNanos, health.get().nextLostNanos())
        : judgedUntilNanos;
  }

  /** The signal as it was published. */
  Signal signal() {
    return published.signal();
  }

  /** The tier that its hosts give it, as it was published. */
  long tier() {
    return published.tier();
  }

  /** The service as a person sees it. */
  LocalServiceView view(
      SignalVerdict verdict, boolean nodeDraining, Optional<Lease> lease, long atNanos) {
    OptionalLong heldUntil = heldUntilNanos(verdict.published(), atNanos);
    String why = why(verdict.cause());
    return new LocalServiceView(
        spec.name(),
        new LocalServiceView.PublishedView(
            published.signal(),
            published.tier(),
            heldUntil.isPresent()
                ? "it flapped, and is held back; otherwise "
                    + verdict.published().signal()
                    + ": "
                    + why
                : why,
            changes),
        conditions(nodeDraining),
        new LocalServiceView.DampingView(
            verdict.published().signal(),
            (int) Math.round(damping.penalty(atNanos)),
            heldUntil.isPresent()
                ? Optional.of((heldUntil.getAsLong() - atNanos) / 1_000_000)
                : Optional.empty()),
        lease.map(held -> heldLease(held, atNanos)),
        health.map(each -> each.view(uses::isDrained)).orElse(List.of()));
  }

  private Set<Condition> conditions(boolean nodeDraining) {
    EnumSet<Condition> conditions = EnumSet.noneOf(Condition.class);
    if (spec.isHostedHere()) {
      conditions.add(Condition.HOSTED_HERE);
    }
    if (isEvaluated()) {
      conditions.add(Condition.EVALUATED);
    }
    if (withdrawn) {
      conditions.add(Condition.WITHDRAWN);
    }
    if (nodeDraining || draining) {
      conditions.add(Condition.DRAINING);
    }
    return conditions;
  }

  private static LocalServiceView.HeldLease heldLease(Lease lease, long atNanos) {
    long remainingNanos = Math.max(0, lease.expiresAtNanos() - atNanos);
    return new LocalServiceView.HeldLease(lease.ttlNanos() / 1_000_000, remainingNanos / 1_000_000);
  }
}
