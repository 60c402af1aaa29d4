package io.landfall.overlay;

import io.landfall.bgp.UpdateMessage;
import io.landfall.core.HostAddress;

/** Where an {@link AdjRibOut} puts what is to leave, in order; the session stands behind it. */
interface Outbox {
  /** ROUTE-REFRESH subtype: the beginning of a refresh (RFC 7313). */
  int BEGIN_OF_REFRESH = 1;

  /** ROUTE-REFRESH subtype: the end of a refresh (RFC 7313). */
  int END_OF_REFRESH = 2;

  void update(UpdateMessage<HostAddress> update);

  void refreshMarker(int subtype);
}
