package io.landfall.signal;

import io.landfall.core.Lease;
import io.landfall.core.ServiceName;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The leases of the services beside this node: silence withdraws.
 *
 * <p>This table is the reader of the leases. It times each grant by its own monotonic clock from
 * the moment it saw it, so the holder's clock and the wall clock do not matter. The holder stops
 * relying on a grant a margin before its end, the reader drops it at its end. Every grant carries a
 * fence (incarnation, sequence); one that is not newer than the newest ever seen for the service is
 * ignored, even after that one was released or ran out, so that a holder that was replaced cannot
 * come back to life.
 *
 * <p>Every question is asked with the time, and answered for that time: after a pause of the
 * process longer than a lease, the first question already finds it ended. Single-threaded.
 */
public final class LeaseTable {
  /** The shortest lease, in nanoseconds: below it scheduling noise alone would withdraw. */
  public static final long MIN_TTL_NANOS = 100_000_000L;

  /** The longest lease, in nanoseconds: a day of silence is not a signal. */
  public static final long MAX_TTL_NANOS = 86_400_000_000_000L;

  /** What a request for a lease led to. */
  public sealed interface Grant {
    /**
     * The lease is held until its end.
     *
     * @param lease the grant
     * @param renewAfterNanos how soon the holder should renew: a third of the lease, so that two
     *     renewals may be lost
     * @param stopAfterNanos when the holder should stop relying on it: a tenth before the end
     */
    record Granted(Lease lease, long renewAfterNanos, long stopAfterNanos) implements Grant {}

    /** The request is not newer than what was seen; nothing changed. */
    record Stale(Lease newest) implements Grant {}

    /** The request breaks a rule; nothing changed. */
    record Refused(String sentence) implements Grant {}
  }

  private final TreeSet<ServiceName> services;
  private final TreeMap<ServiceName, Lease> newest = new TreeMap<>();
  private final TreeSet<ServiceName> taken = new TreeSet<>();

  /** A table for these services; no other can have a lease, which bounds it. */
  public LeaseTable(Collection<ServiceName> services) {
    this.services = new TreeSet<>(services);
  }

  /** These services can have a lease from now on; what others had is forgotten, its fence too. */
  void configure(Collection<ServiceName> now) {
    services.clear();
    services.addAll(now);
    newest.keySet().retainAll(services);
    taken.retainAll(services);
  }

  /** Grants what a holder asks for, or says why not; numbers the request if it has no fence. */
  SignalAnswer answer(ServiceName service, SignalEvent.LeaseRequest request, long nowNanos) {
    SignalEvent.Fence fence = request.fence().orElseGet(() -> nextFence(service));
    Grant grant =
        grant(service, fence.incarnation(), fence.sequence(), request.ttlNanos(), nowNanos);
    return switch (grant) {
      case Grant.Granted granted ->
          new SignalAnswer.Leased(
              granted.lease(),
              granted.renewAfterNanos() / 1_000_000,
              granted.stopAfterNanos() / 1_000_000);
      case Grant.Stale stale ->
          new SignalAnswer.Refused(
              SignalAnswer.Why.STALE_LEASE,
              "the lease of "
                  + service
                  + " is at incarnation "
                  + stale.newest().incarnation()
                  + " sequence "
                  + stale.newest().sequence()
                  + ", and this request is not newer");
      case Grant.Refused refused ->
          new SignalAnswer.Refused(SignalAnswer.Why.BAD_TTL, refused.sentence());
    };
  }

  private SignalEvent.Fence nextFence(ServiceName service) {
    return newest(service)
        .map(lease -> new SignalEvent.Fence(lease.incarnation(), lease.sequence() + 1))
        .orElseGet(() -> new SignalEvent.Fence(0, 0));
  }

  /** Asks for a lease, or renews one. */
  public Grant grant(
      ServiceName service, long incarnation, long sequence, long ttlNanos, long nowNanos) {
    if (!services.contains(service)) {
      return new Grant.Refused("no service " + service + " is configured here");
    }
    if (ttlNanos < MIN_TTL_NANOS || ttlNanos > MAX_TTL_NANOS) {
      return new Grant.Refused(
          "a lease lasts "
              + MIN_TTL_NANOS / 1_000_000
              + " ms to "
              + MAX_TTL_NANOS / 1_000_000
              + " ms, not "
              + ttlNanos / 1_000_000);
    }
    Lease asked = new Lease(incarnation, sequence, nowNanos, ttlNanos);
    Lease seen = newest.get(service);
    if (seen != null && !asked.isNewerThan(seen)) {
      return new Grant.Stale(seen);
    }
    newest.put(service, asked);
    taken.add(service);
    return new Grant.Granted(asked, ttlNanos / 3, ttlNanos - ttlNanos / 10);
  }

  /** The service no longer depends on a lease; the fence is kept. */
  public void release(ServiceName service) {
    taken.remove(service);
  }

  /** Whether the service depends on a lease: one was taken, and not released since. */
  public boolean isTaken(ServiceName service) {
    return taken.contains(service);
  }

  /** Whether the service may count on its lease now: true too when it depends on none. */
  public boolean isValid(ServiceName service, long nowNanos) {
    Lease lease = newest.get(service);
    return !taken.contains(service) || (lease != null && !lease.isExpired(nowNanos));
  }

  /** The newest grant that was ever seen for a service, for the next fence. */
  public Optional<Lease> newest(ServiceName service) {
    return Optional.ofNullable(newest.get(service));
  }

  /** The grant that a service depends on, ended or not; empty when it depends on none. */
  public Optional<Lease> held(ServiceName service) {
    return taken.contains(service) ? newest(service) : Optional.empty();
  }

  /** When the lease of a service ends; empty when it depends on none, or it has ended by now. */
  public OptionalLong endNanos(ServiceName service, long nowNanos) {
    Lease lease = newest.get(service);
    return !taken.contains(service) || lease == null || lease.isExpired(nowNanos)
        ? OptionalLong.empty()
        : OptionalLong.of(lease.expiresAtNanos());
  }
}
