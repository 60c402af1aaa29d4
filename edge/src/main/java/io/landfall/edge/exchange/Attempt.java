package io.landfall.edge.exchange;

import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.http.FieldLines;
import io.netty.buffer.ByteBuf;

/**
 * One try to get a response for an {@link Exchange} from one place. Reports to the exchange: ready
 * once, then head, data and end; or failed, once, at any time. After {@link #cancel()} or a failure
 * it reports nothing more. All calls are on the exchange's event loop.
 */
public interface Attempt {
  /** The place, for not trying it twice: a backend's place or a node's identity. */
  Object place();

  /** The place, for people. */
  String name();

  /** The next hop for Proxy-Status; empty if there was none. */
  String nextHop();

  /** Whether the place is another node. */
  boolean isForward();

  /** Whether the request is one of many on a connection: to give it up costs the others there. */
  default boolean isOnSharedConnection() {
    return !isOfCache() && isOverHttp2();
  }

  /** Whether the place is this node's cache, which tries other places by itself. */
  default boolean isOfCache() {
    return false;
  }

  /**
   * Whether it tries no place of the service, so that it is none of its attempts: what the cache
   * has, or a request that waits in a queue.
   */
  default boolean triesNoPlace() {
    return isOfCache();
  }

  /** Whether it ends by itself when it waits for too long, before any of the request is sent. */
  default boolean hasOwnLimit() {
    return false;
  }

  /** Time has passed, for one with a limit of its own. */
  default void tick(long nowNanos) {}

  /** Whether the fields of the response may be sent as they are, and more be added to them. */
  default boolean hasFieldsToSend() {
    return false;
  }

  /** Whether the response came from another node, and so over HTTP/2. */
  default boolean isFromNode() {
    return isForward();
  }

  /** Whether the response comes over HTTP/2, which stands in Via. */
  default boolean isOverHttp2() {
    return isFromNode();
  }

  /** Whether the place can still be expected to answer, by the newest snapshot. */
  boolean isStillThere(EdgeSnapshot snapshot);

  /** Connects or takes a connection, and sends the request's head. */
  void start();

  /** Sends a piece of the request's body, and takes it over. Only when ready. */
  void body(ByteBuf data);

  /**
   * What comes behind the request's body (RFC 9110 section 6.5), whose end follows: dropped by who
   * has no use for it, as over HTTP/1.1 (section 6.5.1). Only when ready.
   */
  default void trailers(FieldLines fields) {}

  /** Ends the request. Only when ready. */
  void end();

  /** Whether more of the request's body can be sent without queueing. Only when ready. */
  boolean isWritable();

  /** Pushes out what was sent. */
  void flush();

  /** The downstream can take more: go on reading the response. */
  void resume();

  /** The client is gone before the end of the response: the exchange cancels next. */
  default void brokenOff() {}

  /** The exchange is no longer interested. */
  void cancel();

  /** The same of a tunnel, of which all that was sent is to arrive: it is no failure. */
  default void endInOrder() {
    cancel();
  }

  /** The response did not come in time, which may interest those who watch over the place. */
  void timedOut();
}
