package io.landfall.edge.exchange;

import io.landfall.decision.Decision;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What the cache does for one request: to be answered from the cache is to be tried on one more
 * place. All calls are on the request's event loop.
 */
public interface CacheTurn {
  /** What is held for the request: the decision asks. */
  Cached holds();

  /**
   * The attempt on the cache itself that the decision allows, not started.
   *
   * @param exchange the request
   * @return null when the request goes to a backend or a node by itself
   */
  @Nullable Attempt next(Decision decision, Exchange exchange);

  /**
   * A backend or a node has answered a request that went there by itself.
   *
   * @param head the response as received
   * @param fromNode whether another node sent it
   * @param out what is sent on; the cache adds its status (RFC 9211)
   * @return whether it copies the body: then it is given each piece, and the end
   */
  boolean passed(ResponseHead head, boolean fromNode, FieldLines out);

  /** A piece of the body of what was passed, which stays its owner's. */
  void passedData(ByteBuf piece);

  /** What was passed is complete. */
  void passedEnd();

  /** A response that this node makes itself is about to be sent: the cache adds its status. */
  void failing(FieldLines out);

  /** The request is over, however that came; what was held for it is not needed any more. */
  void over();
}
