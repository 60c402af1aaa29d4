package io.landfall.overlay.servicehost;

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

/**
 * The sessions with service hosts: a third kind beside the two planes' own, and the weakest.
 *
 * <p>What runs on a service host today is ExaBGP, BIRD or FRR with a /32 that comes and goes with
 * the service. Here such a host may advertise three states of the services configured for exactly
 * its session: up with a tier, draining, and down. It cannot choose where requests go (the node's
 * config does), it cannot name another service, and it receives nothing. The type of this object's
 * effects is the proof: there is a {@link ServiceHostEffect.HostAdvertised} and a {@link
 * ServiceHostEffect.HostWithdrawn}, and no route, no attribute and no table in any of them. The
 * node takes these facts to its signals like a probe's result, and originates what follows from its
 * own identity.
 *
 * <p>A state object without threads, sockets or clocks, driven as {@code step(event, now) ->
 * effects} by one thread.
 */
public final class ServiceHosts implements Machine<ServiceHostEvent, ServiceHostEffect> {
  /** RFC 4486 section 4. */
  private static final int CEASE_ADMINISTRATIVE_SHUTDOWN = 2;

  private final Map<String, ServiceHostSession> sessions = new LinkedHashMap<>();

  /**
   * Sessions at rest; nothing happens before {@link ServiceHostEvent.Start}.
   *
   * @param jitter randomness for the sessions' timers
   */
  public ServiceHosts(ServiceHostsSettings config, Rng jitter) {
    for (ServiceHost host : config.hosts()) {
      sessions.put(host.name(), new ServiceHostSession(host, config, jitter));
    }
  }

  @Override
  public List<ServiceHostEffect> step(ServiceHostEvent event, Now now) {
    return step(event, now.monotonicNanos());
  }

  /**
   * Applies one event; no wall clock is needed.
   *
   * @param nowNanos the monotonic clock
   * @return what to do, in order
   * @throws InvariantBroken when the event names a host that is not configured
   */
  public List<ServiceHostEffect> step(ServiceHostEvent event, long nowNanos) {
    List<ServiceHostEffect> out = new ArrayList<>();
    switch (event) {
      case ServiceHostEvent.Start _ -> all(new SessionEvent.Start(), nowNanos, out);
      case ServiceHostEvent.Tick _ -> all(new SessionEvent.Tick(), nowNanos, out);
      case ServiceHostEvent.Configure(ServiceHostsSettings other) -> {
        for (ServiceHost host : other.hosts()) {
          session(host.name()).configure(host, nowNanos, out);
        }
      }
      case ServiceHostEvent.Shutdown(String text) ->
          all(new SessionEvent.Stop(CEASE_ADMINISTRATIVE_SHUTDOWN, text), nowNanos, out);
      case ServiceHostEvent.Connected(String host, long connection, Direction direction) ->
          session(host).step(new SessionEvent.Connected(connection, direction), nowNanos, out);
      case ServiceHostEvent.ConnectFailed(String host, String why) ->
          session(host).step(new SessionEvent.ConnectFailed(why), nowNanos, out);
      case ServiceHostEvent.Received(String host, long connection, byte[] bytes) ->
          session(host).step(new SessionEvent.Received(connection, bytes), nowNanos, out);
      case ServiceHostEvent.Closed(String host, long connection, String why) ->
          session(host).step(new SessionEvent.Closed(connection, why), nowNanos, out);
      case ServiceHostEvent.Writable(String host, long connection) ->
          session(host).step(new SessionEvent.Writable(connection), nowNanos, out);
      case ServiceHostEvent.WriteBlocked(String host, long connection) ->
          session(host).writeBlocked(connection, nowNanos);
    }
    return out;
  }

  private void all(SessionEvent event, long nowNanos, List<ServiceHostEffect> out) {
    for (ServiceHostSession session : sessions.values()) {
      session.step(event, nowNanos, out);
    }
  }

  private ServiceHostSession session(String host) {
    ServiceHostSession session = sessions.get(host);
    if (session == null) {
      throw new InvariantBroken("events name configured hosts; there is no " + host);
    }
    return session;
  }

  /** When the next {@link ServiceHostEvent.Tick} is due, by the monotonic clock. */
  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = OptionalLong.empty();
    for (ServiceHostSession session : sessions.values()) {
      OptionalLong own = session.deadlineNanos();
      if (own.isPresent() && (earliest.isEmpty() || own.getAsLong() - earliest.getAsLong() < 0)) {
        earliest = own;
      }
    }
    return earliest;
  }

  /** Every host, in the order of the config. */
  public List<ServiceHostView> view() {
    return sessions.values().stream().map(ServiceHostSession::view).toList();
  }

  /** Every host with all that is known of it, likewise. */
  public List<ServiceHostDetail> details() {
    return sessions.values().stream().map(ServiceHostSession::detail).toList();
  }
}
