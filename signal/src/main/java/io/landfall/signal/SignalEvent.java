package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;
import java.util.Optional;

/** Everything that can change the signal of a local service. */
public sealed interface SignalEvent {
  /**
   * A deadline passed, or it is time to look. Only a tick declares a probe lost, so the driver
   * hands over every result that has arrived before it ticks.
   */
  record Tick() implements SignalEvent {}

  /**
   * A probe could not be run, for a limit of this process itself: it says nothing of the backend.
   */
  record ProbeNotRun(ServiceName service, ProbeTicket ticket) implements SignalEvent {}

  /**
   * A probe has ended.
   *
   * @param why what was seen, for a person
   * @param seenAtNanos when the prober saw it, by the monotonic clock; how long the result then
   *     waited to be read is no matter of the backend
   */
  record ProbeDone(
      ServiceName service, ProbeTicket ticket, boolean ok, String why, long seenAtNanos)
      implements SignalEvent {}

  /** The data plane saw a backend refuse a connection. */
  record BackendRefused(ServiceName service, int backendIndex, String why) implements SignalEvent {}

  /**
   * A request, or an idle connection, ended in a way that one client may have caused, or a backend
   * that is well: a probe decides.
   */
  record BackendInDoubt(ServiceName service, int backendIndex, String why) implements SignalEvent {}

  /**
   * The service, or an operator for it, declares that it may be used; ends a withdrawal.
   *
   * @param lease for how long; without one the service depends on its probes only
   */
  record Announce(ServiceName service, Optional<LeaseRequest> lease) implements SignalEvent {}

  /**
   * How long an announcement lasts.
   *
   * @param ttlNanos the length, from when the node sees it
   * @param fence the holder's own fence; without one the node numbers the request itself, which
   *     suits a holder that is a person or a script
   */
  record LeaseRequest(long ttlNanos, Optional<Fence> fence) {}

  /** Which life of the holder, and which request of that life. */
  record Fence(long incarnation, long sequence) {}

  /** The service, or an operator for it, declares that it may not be used. */
  record Withdraw(ServiceName service) implements SignalEvent {}

  /**
   * A service host advertises the service over BGP.
   *
   * @param host which; one that is not configured to advertise the service is ignored
   * @param signal DOWN counts as withdrawn
   * @param tier the tier that it gives the service, unsigned 32 bits; lower is preferred
   */
  record HostAdvertised(ServiceName service, String host, Signal signal, long tier)
      implements SignalEvent {}

  /**
   * A service host advertises the service no more; what it advertised is void at once.
   *
   * @param why for a person
   */
  record HostWithdrawn(ServiceName service, String host, String why) implements SignalEvent {}

  /** What was counted of a service's cache by now. */
  record CacheCounted(ServiceName service, CacheFill fill) implements SignalEvent {}

  /**
   * A backend of a service gets no new requests, or gets them again; those that it has finish.
   *
   * @param backendIndex which, from 0
   * @param begins whether the drain begins, or ends
   */
  record DrainBackend(ServiceName service, int backendIndex, boolean begins)
      implements SignalEvent {}

  /** Finish what runs, take new requests only if no other site can: one service, or all. */
  record Drain(Optional<ServiceName> service) implements SignalEvent {}

  /** Ends a drain: of one service, or of the node; each is ended on its own. */
  record Undrain(Optional<ServiceName> service) implements SignalEvent {}

  /**
   * The config is another one: these are the services from now on, and no others. One that is not
   * among them is withdrawn and forgotten; one that was not there before is DOWN until its first
   * probe; of one that changed, what is known of backends that it had before stays; one that is the
   * same is not touched.
   *
   * @param services each once, {@link LocalSignals#MAX_SERVICES} at most
   */
  record Configure(List<ServiceSpec> services) implements SignalEvent {
    /** Copies the list. */
    public Configure {
      services = List.copyOf(services);
    }
  }
}
