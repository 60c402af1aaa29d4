package io.landfall.node.link;

import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what TLS threw into a sentence that an operator can act on. */
final class HandshakeFailures {
  private HandshakeFailures() {}

  /**
   * The failure of a dial; this node's own port is told apart, since a candidate list may name it.
   */
  static OverlayPort.DialRefused asDialFailure(@Nullable Throwable failure) {
    Optional<Refused> refused = AdmissionRefused.in(failure);
    if (refused.isPresent() && refused.get().rule() == AdmissionRule.OWN_IDENTITY) {
      return new OverlayPort.ReachedOurselves(refused.get().sentence());
    }
    return new OverlayPort.DialRefused(describe(failure));
  }

  static String describe(@Nullable Throwable failure) {
    Optional<Refused> refused = AdmissionRefused.in(failure);
    if (refused.isPresent()) {
      return refused.get().sentence();
    }
    if (failure == null || failure instanceof ClosedChannelException) {
      return "the connection closed during the TLS handshake";
    }
    return "TLS handshake failed: " + failure.getMessage();
  }
}
