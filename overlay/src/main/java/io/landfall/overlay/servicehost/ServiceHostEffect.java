package io.landfall.overlay.servicehost;

import io.landfall.core.HostAddress;

/** What the sessions with service hosts ask of their owner, in order. */
public sealed interface ServiceHostEffect {
  /** Open a connection to this host; answer with Connected or ConnectFailed. */
  record Dial(String host) implements ServiceHostEffect {}

  /** Write these bytes. */
  record Write(String host, long connection, byte[] bytes) implements ServiceHostEffect {}

  /** Close a stream after what was written to it has left. */
  record Close(String host, long connection, String why) implements ServiceHostEffect {}

  /** A host advertises a service otherwise than before. */
  record HostAdvertised(String host, HostAddress service, HostSignal signal)
      implements ServiceHostEffect {}

  /**
   * A host advertises a service no more: it withdrew it, advertised it in a way that is refused, or
   * its session is gone. What it had advertised is void from now on.
   *
   * @param why for people
   */
  record HostWithdrawn(String host, HostAddress service, String why) implements ServiceHostEffect {}

  /**
   * A line for the log.
   *
   * @param warning whether it should be noticed
   */
  record Note(String host, boolean warning, String text) implements ServiceHostEffect {}
}
