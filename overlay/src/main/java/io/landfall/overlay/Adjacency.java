package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.Negotiated;

/** What exists exactly as long as the session with a peer is Established. */
final class Adjacency {
  /** How far this peer's part of a barrier has come. */
  enum BarrierState {
    /** No barrier waits for this peer. */
    NONE,
    /** What was there when the barrier was asked for is still leaving. */
    SENDING,
    /** The peer was asked for a refresh; its EoRR is the answer. */
    ASKED
  }

  final long connection;
  final Negotiated negotiated;
  final Source source;
  final AdjRibOut out;

  /** Whether both sides mark the ends of a refresh (RFC 7313). */
  final boolean marksRefresh;

  boolean writable = true;
  boolean endOfRibReceived;

  /** A refresh that we asked for is not complete. */
  boolean refreshPending;

  /** Another is to be asked for once it is. */
  boolean refreshAgain;

  BarrierState barrier = BarrierState.NONE;
  long barrierSequence;

  Adjacency(
      long connection, Negotiated negotiated, Source source, AdjRibOut out, boolean marksRefresh) {
    this.connection = connection;
    this.negotiated = negotiated;
    this.source = source;
    this.out = out;
    this.marksRefresh = marksRefresh;
  }
}
