package io.landfall.ingress;

import java.net.InetAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Everything that can happen to plane one: operator commands, the node's own listener, and the
 * transport of its sessions. The list is closed on purpose; nothing of a service or of the overlay
 * has a form in it.
 */
public sealed interface IngressEvent {
  /**
   * Begin: open the sessions.
   *
   * @param listener whether the node's listener accepts already; until it does, nothing is
   *     announced
   * @param delayed whether the start delay is waited for; not where another process of this node
   *     has announced until now
   */
  record Start(ListenerLiveness listener, boolean delayed) implements IngressEvent {
    /** With the start delay. */
    public Start(ListenerLiveness listener) {
      this(listener, true);
    }
  }

  /**
   * The next connection of an upstream is one on which another process of this node had its session
   * until now.
   *
   * @param announced the prefixes that the upstream was sent on it, as text; those that are not
   *     configured here are not gone on with, so such a session must not be brought here
   */
  record Inherited(String upstream, SortedSet<String> announced) implements IngressEvent {
    /** Copies the prefixes. */
    public Inherited {
      announced = Collections.unmodifiableSortedSet(new TreeSet<>(announced));
    }
  }

  /** {@code drain node}. */
  record OperatorDrain() implements IngressEvent {}

  /** {@code undrain node}. */
  record OperatorUndrain() implements IngressEvent {}

  /**
   * The process is about to end, and clients are still served: GRACEFUL_SHUTDOWN, the drain's wait,
   * then withdraw (RFC 8326 section 4). Answered with {@link IngressEffect.Left}.
   */
  record Leave() implements IngressEvent {}

  /**
   * The process ends now in good order: withdraw, then Cease with this text (RFC 9003).
   *
   * @param text at most 255 bytes of UTF-8
   */
  record Shutdown(String text) implements IngressEvent {}

  /** The node's own listener stopped accepting. */
  record ListenerFailed(String why) implements IngressEvent {}

  /**
   * The operator has configured otherwise. What is the same does not notice: of an upstream whose
   * prefixes or announcement alone differ the session goes on, another one's ends and begins anew,
   * and one that left is ended. The drain's wait and the start delay are those of the next drain
   * and start.
   *
   * @param settings all that is configured now
   * @param rerouted upstreams that are reached in another way than before, so that their sessions
   *     begin anew
   */
  record Configure(IngressSettings settings, SortedSet<String> rerouted) implements IngressEvent {
    /** Copies the names. */
    public Configure {
      rerouted = Collections.unmodifiableSortedSet(new TreeSet<>(rerouted));
    }
  }

  /** Time has passed; sent when {@link Ingress#deadlineNanos} is reached. */
  record Tick() implements IngressEvent {}

  /**
   * A dial succeeded.
   *
   * @param upstream the upstream's name
   * @param connection the transport's number for the stream
   * @param localAddress this side's address on it: the next hop of what is announced
   */
  record Connected(String upstream, long connection, InetAddress localAddress)
      implements IngressEvent {}

  /** A dial failed. */
  record ConnectFailed(String upstream, String why) implements IngressEvent {}

  /**
   * The link to an upstream was proved alive, and is proved dead (BFD, RFC 5882 section 4): its
   * session ends now and not when its hold time does.
   */
  record PathDown(String upstream, String why) implements IngressEvent {}

  /** Bytes arrived; the array is ours to keep. */
  record Received(String upstream, long connection, byte[] bytes) implements IngressEvent {}

  /** A stream ended. */
  record Closed(String upstream, long connection, String why) implements IngressEvent {}

  /**
   * A Write found the stream full, and nothing is read from it until it is {@link Writable}; the
   * send hold timer (RFC 9687) runs from here.
   */
  record WriteBlocked(String upstream, long connection) implements IngressEvent {}

  /** A stream that was full takes bytes again. */
  record Writable(String upstream, long connection) implements IngressEvent {}
}
