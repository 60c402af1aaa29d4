package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEffect;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.NavigableSet;

/**
 * What plane two asks its owner to do, in order. What names a stream or a dial that has ended
 * meanwhile is dropped.
 */
public sealed interface ControlEffect {
  /** Write to a stream; {@link ControlEvent.StreamFull} is the answer when its buffer is full. */
  record Write(long stream, byte[] bytes) implements ControlEffect {}

  /** Close a stream after what was written to it has left. */
  record CloseStream(long stream, String why) implements ControlEffect {}

  /** Dial a candidate for BGP. */
  record DialCandidate(Endpoint candidate) implements ControlEffect {}

  /** Dial a place as an edge would that forwards a request. */
  record DialChannel(long dial, InetSocketAddress at) implements ControlEffect {}

  /** Hold the connection that was dialled, and report when the other end answers. */
  record HoldChannel(long dial) implements ControlEffect {}

  /** Close the connection that was dialled, held or not. */
  record CloseChannel(long dial, String why) implements ControlEffect {}

  /** Requests for this node may go there from now on, as long as this certificate answers. */
  record ForwardTo(PeerIdentity peer, InetSocketAddress at) implements ControlEffect {}

  /** No further request may go to this node. */
  record ForwardNoMore(HostAddress node) implements ControlEffect {}

  /** No further request may be sent to this node on what is open; those under way finish. */
  record RequestsLeft(HostAddress node) implements ControlEffect {}

  /** Requests on their way to this node are not answered any more. */
  record RequestsLost(HostAddress node) implements ControlEffect {}

  /** A session is Established, whose path can be watched. */
  record AdjacencyUp(PeerIdentity peer, long stream) implements ControlEffect {}

  /** The last stream with a node is gone; there may have been no session on it. */
  record AdjacencyDown(HostAddress node) implements ControlEffect {}

  /** Whether requests from a node are served may be another than before. */
  record SenderChanged(HostAddress node) implements ControlEffect {}

  /**
   * The routes to these hosts changed.
   *
   * @param offsets in the block, each once
   */
  record RoutesChanged(int[] offsets) implements ControlEffect {}

  /** For BMP and MRT: paths changed, by their identifiers here. */
  record PathsChanged(int[] ownPathIds) implements ControlEffect {}

  /** For BMP and MRT: what a session received. */
  record Monitored(MonitoringEvent what) implements ControlEffect {}

  /**
   * A session was refused to an authenticated newcomer; to be counted.
   *
   * @param rule a short fixed phrase
   */
  record SessionRefused(InetSocketAddress at, String rule, String sentence)
      implements ControlEffect {}

  /**
   * The rights of all nodes were looked at; those who have none any more must not have connections
   * for requests either.
   *
   * @param list the revocations in force
   * @param wallMillis the time for which certificates have to hold
   * @param cut whose sessions and channels were ended
   */
  record RightsChecked(Revocations list, long wallMillis, NavigableSet<NodeName> cut)
      implements ControlEffect {}

  /**
   * Everything that a drain withdrew is withdrawn at the peers.
   *
   * @param answered how many peers have confirmed it
   * @param skipped how many could not be asked, or did not answer in time
   */
  record Drained(long token, int answered, int skipped) implements ControlEffect {}

  /** After {@link ControlEvent.Yield}: no stream is left. */
  record Yielded() implements ControlEffect {}

  /** After {@link ControlEvent.Stop}: no stream is left. */
  record Stopped() implements ControlEffect {}

  /** The node has learnt which services there are: one that no site advertises has none. */
  record Started() implements ControlEffect {}

  /**
   * Something has changed that requests are to know. {@link ControlEvent.Publish} is owed, after
   * what the owner has to do already; until then this is not asked again.
   */
  record PublishSoon() implements ControlEffect {}

  /**
   * Requests are to know this from now on: the services that changed, each once. All that was to be
   * written because of it is written.
   */
  record Published(List<ServiceState> changed) implements ControlEffect {
    /** Copies the list. */
    public Published {
      changed = List.copyOf(changed);
    }
  }

  /** Run this probe; its result is owed as an event of the signals. */
  record RunProbe(SignalEffect.RunProbe probe) implements ControlEffect {}

  /** The answer to a command to a service; one for each command. */
  record Answered(SignalAnswer answer) implements ControlEffect {}

  /**
   * A line for the log.
   *
   * @param message the same text for every line of its kind
   */
  record Log(Subject subject, Level level, String message, List<LogField> fields)
      implements ControlEffect {}

  /** What a line is about, by which operators choose what they read. */
  enum Subject {
    /** Sessions and the table. */
    OVERLAY,
    /** Services beside this node. */
    SIGNAL,
    /** Places where nodes might be ({@link CandidateTable}). */
    DISCOVERY,
    /** Forwarding channels. */
    FORWARD,
    /** Rights. */
    NODE
  }

  /** How much a line matters. */
  enum Level {
    /** To developers. */
    DEBUG,
    /** For people who read what happened. */
    INFO,
    /** For the operator on duty. */
    WARN
  }
}
