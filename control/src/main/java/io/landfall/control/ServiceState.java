package io.landfall.control;

import io.landfall.decision.ServiceView;
import io.landfall.signal.BackendUse;
import java.util.List;

/**
 * A service as requests are to see it from now on.
 *
 * @param view what decision decides on
 * @param backends what its backends here may be used for, in the order of the config; empty when it
 *     is not hosted here
 */
public record ServiceState(ServiceView view, List<BackendUse> backends) {
  /** Copies the list. */
  public ServiceState {
    backends = List.copyOf(backends);
  }
}
