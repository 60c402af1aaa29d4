package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.View;
import java.util.Map;

/**
 * All that a request reads of the rest of the node: one immutable object behind one volatile
 * reference, so that a request takes no lock and sees one consistent state.
 *
 * @param view what decision decides on
 * @param local the services that are hosted here, by name; looked up only, never iterated
 */
public record EdgeSnapshot(View view, Map<ServiceName, LocalService> local) {
  /** Copies the map. */
  public EdgeSnapshot {
    local = Map.copyOf(local);
  }
}
