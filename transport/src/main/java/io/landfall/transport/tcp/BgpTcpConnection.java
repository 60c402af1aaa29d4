package io.landfall.transport.tcp;

import io.landfall.transport.TcpEnds;
import java.net.InetAddress;

/** One TCP connection with a router. Its methods may be called from any thread. */
public interface BgpTcpConnection {
  /** The connection's number, unique in the process. */
  long number();

  /** This side's address on it. */
  InetAddress localAddress();

  /** Both ends of it, for showing. */
  TcpEnds ends();

  /** Queues bytes for sending. Writing on while it is not writable grows the queue. */
  void write(byte[] bytes);

  /** Whether less than the high-water mark is queued. */
  boolean isWritable();

  /** How many bytes wait to leave. */
  long unsentBytes();

  /** Closes once everything written so far has left, or after a short while if it cannot leave. */
  void close();
}
