package io.landfall.edge.exchange;

import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * The cache as the receiver of a response that it asked for itself. It gets the response as it was
 * received, and what this node would answer in its place it makes for each client anew.
 */
public interface FillDownstream extends Downstream {
  /** What the caches of other sites may have for it. */
  Cached seeks();

  /** The request of a client that it is for, whose id it has too; null if none waits for it. */
  default @Nullable Arrived asker() {
    return null;
  }

  /**
   * The head of the final response, in place of {@link #respond}.
   *
   * @param ofAsker what is added to it for the one who asked, if it is passed on to that alone
   */
  void received(ResponseHead head, Attempt from, FieldLines ofAsker);

  /** Every place that could be tried has failed, the last one like that. */
  void failed(FailureKind kind);

  /** The request was declined: nothing was tried. */
  void declined();

  @Override
  default void respond(int status, FieldLines fields, Framing framing) {
    // What this node answers by itself is made for each client anew.
  }

  @Override
  default void interim(int status, FieldLines fields) {
    // For whom it was meant is not known.
  }

  @Override
  default void pumpBody() {
    // Its request has no body.
  }
}
