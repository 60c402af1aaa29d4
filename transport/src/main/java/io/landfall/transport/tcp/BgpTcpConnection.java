package io.landfall.transport.tcp;

import io.landfall.transport.TcpEnds;
import java.net.InetAddress;
import java.util.OptionalInt;

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

  /**
   * Reads and writes nothing more until {@link #goOn}, so that another process can go on with the
   * socket: what is written is dropped, and a close ends this process's hold on it and nothing
   * else. On the event loop of the connection only; what was read before may still arrive in its
   * tasks.
   *
   * @return its file descriptor; empty, and then it is read on, when something waits to leave
   */
  OptionalInt suspend();

  /** Reads on. On the event loop of the connection only. */
  void goOn();

  /** Closes once everything written so far has left, or after a short while if it cannot leave. */
  void close();
}
