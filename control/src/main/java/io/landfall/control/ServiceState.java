package io.landfall.control;

import io.landfall.decision.ServiceView;
import java.util.List;

/**
 * A service as requests are to see it from now on.
 *
 * @param view what decision decides on
 * @param backendsUp which of its backends here may be used, in the order of the config; empty when
 *     it is not hosted here
 */
public record ServiceState(ServiceView view, List<Boolean> backendsUp) {
  /** Copies the list. */
  public ServiceState {
    backendsUp = List.copyOf(backendsUp);
  }
}
