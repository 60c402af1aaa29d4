package io.landfall.edge.exchange;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whoever asked, as an {@link Exchange} sees it: a client's HTTP/1 connection, or one stream of an
 * HTTP/2 connection of a client or another node. All calls are on the exchange's event loop.
 */
public interface Downstream {
  /** The address that the request came from. */
  SocketAddress remote();

  /**
   * Both ends of the connection of the client who asks; null if it is no one client's, or a node
   * asks.
   */
  default @Nullable ClientAddresses client() {
    return null;
  }

  /**
   * Sends the head of the final response.
   *
   * @param framing NONE or LENGTH when the fields say what there is to say; else the length is not
   *     known
   */
  void respond(int status, FieldLines fields, Framing framing);

  /**
   * Whether a short body that was made here can be sent behind the head, and need not be kept for a
   * receiver that gives no window.
   */
  default boolean takesBody(int bytes) {
    return true;
  }

  /** Whether an earlier forwarded request on this connection got its whole answer. */
  default boolean hasWaitedForForwards() {
    return false;
  }

  /** A forwarded request got its whole answer. */
  default void forwardAnswered() {}

  /** Sends a piece of the body, and takes it over. */
  void body(ByteBuf data);

  /**
   * What comes behind the body (RFC 9110 section 6.5): sent with the end, which follows, to who
   * takes it.
   */
  default void trailers(FieldLines fields) {}

  /** Ends the response in good order, and flushes. The exchange is over. */
  void end();

  /** Breaks off, so that what was sent cannot be taken for a whole response. */
  void abort();

  /**
   * The same, with the error code with which a stream over HTTP/2 is reset; who has no such codes
   * breaks off without.
   */
  default void abort(long errorCode) {
    abort();
  }

  /** Sends an interim response (RFC 9110 section 15.2), and flushes. Only before the final head. */
  void interim(int status, FieldLines fields);

  /**
   * Accepts an upgrade: sends the head that says so in place of {@link #respond}, and flushes. From
   * now on the bodies are bytes of that protocol, and have no length.
   *
   * @param protocol what is switched to
   * @param fields the head's, without Connection and Upgrade
   */
  default void switchProtocols(AsciiString protocol, FieldLines fields) {
    throw new InvariantBroken("only requests of clients and nodes become tunnels");
  }

  /** Ends our direction of a tunnel behind what was sent, and flushes; the other one goes on. */
  default void endOutput() {
    throw new InvariantBroken("only requests of clients and nodes become tunnels");
  }

  /** Whether more can be sent without queueing. */
  boolean isWritable();

  /** Pushes out what was sent; may wait for the end of the batch that is being read. */
  void flush();

  /** The exchange may want more of the request's body than before: hand it over. */
  void pumpBody();
}
