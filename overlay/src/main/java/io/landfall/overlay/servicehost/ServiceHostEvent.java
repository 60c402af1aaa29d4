package io.landfall.overlay.servicehost;

import io.landfall.core.Direction;

/**
 * Everything that can happen to the sessions with service hosts. Hosts are named as configured,
 * streams by a number that the owner never uses twice.
 */
public sealed interface ServiceHostEvent {
  /** Begin: dial the hosts that the config names for it, and take connections. */
  record Start() implements ServiceHostEvent {}

  /**
   * A stream with a host is there.
   *
   * @param direction which side opened it (RFC 4271 section 6.8)
   */
  record Connected(String host, long connection, Direction direction) implements ServiceHostEvent {}

  /** A dial failed. */
  record ConnectFailed(String host, String why) implements ServiceHostEvent {}

  /** Bytes arrived; the array is ours to keep. */
  record Received(String host, long connection, byte[] bytes) implements ServiceHostEvent {}

  /** A stream ended. */
  record Closed(String host, long connection, String why) implements ServiceHostEvent {}

  /**
   * A Write found the stream full, and nothing is read from it until it is {@link Writable}; the
   * send hold timer (RFC 9687) runs from here.
   */
  record WriteBlocked(String host, long connection) implements ServiceHostEvent {}

  /** A stream that was full takes bytes again. */
  record Writable(String host, long connection) implements ServiceHostEvent {}

  /** Time has passed; sent when {@link ServiceHosts#deadlineNanos} is reached. */
  record Tick() implements ServiceHostEvent {}

  /**
   * The services that hosts may advertise are others, or their MED is read otherwise; the hosts are
   * the same. Sessions go on.
   */
  record Configure(ServiceHostsSettings settings) implements ServiceHostEvent {}

  /**
   * Ends every session with Cease / Administrative Shutdown.
   *
   * @param text the shutdown communication (RFC 9003), at most 255 bytes of UTF-8
   */
  record Shutdown(String text) implements ServiceHostEvent {}
}
