package io.landfall.edge.h2;

/**
 * How much of one event loop's memory is held by requests of peers of whom it is not known yet
 * whether they are served: few requests, for a moment, while a session comes up.
 */
final class HeldRequests {
  /** The most requests that wait; further ones are refused, and may be tried elsewhere. */
  static final int MAX_REQUESTS = 64;

  /** The most memory that their bodies take. */
  static final int MAX_BODY_BYTES = 4 << 20;

  private int requests;
  private int bodyBytes;

  /** One more request waits, if there is room for it. */
  boolean enter() {
    if (requests >= MAX_REQUESTS) {
      return false;
    }
    requests++;
    return true;
  }

  /** The body of a waiting request takes so many more bytes, if there is room for them. */
  boolean grow(int bytes) {
    if (bodyBytes + bytes > MAX_BODY_BYTES) {
      return false;
    }
    bodyBytes += bytes;
    return true;
  }

  /** A request waits no more, and the memory that its body took is free. */
  void leave(int bytes) {
    requests--;
    bodyBytes -= bytes;
  }
}
