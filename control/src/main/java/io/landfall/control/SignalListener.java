package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.signal.SignalChange;

/** Receives a change of a service beside this node before the table does, and afterwards. */
public interface SignalListener {
  /** Watches nothing. */
  SignalListener NONE =
      new SignalListener() {
        @Override
        public void changing(SignalChange change, HostAddress service) {}

        @Override
        public void changed() {}
      };

  /** The table takes this change next. */
  void changing(SignalChange change, HostAddress service);

  /** The table has taken it. */
  void changed();
}
