package io.landfall.edge.cache;

import io.landfall.cache.StoreRefusal;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Who reads what a {@link Fill} fetches. On the event loop of its own request, but for {@link
 * #loop}.
 */
interface FillReader {
  /** There may be more, or it may be over. */
  void advance();

  /** The requests of its event loop. */
  Exchanges loop();

  /** The first byte of the body that it may still send. */
  long position();

  /** Whether it was its client who broke it off. */
  boolean isBrokenOff();

  /**
   * Whether it can send a response that is not stored, which only who began the fetch is asked; if
   * it cannot, the fetch ends, and it sees that.
   */
  boolean takes(ResponseHead head);

  /** An interim response, with the fields that a client gets; for who began the fetch. */
  void interim(int status, FieldLines fields);

  /** The response goes to this request alone. */
  void pass(ResponseHead head, StoreRefusal why);

  /** A piece of it, which is taken over. */
  void passed(ByteBuf piece);

  /** It is complete. */
  void passedAll();

  /** There will be no response, or no more of it. */
  void fail(FailureKind kind);

  /** Whether its client can take more. */
  boolean isDownstreamWritable();

  /** Pushes out what was passed. */
  void flushPassed();
}
