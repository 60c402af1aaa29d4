package io.landfall.node;

/**
 * Whether one of several addresses of a backend is well, by the probes of that address: the first
 * verdict needs one probe, and each further one as many in a row as the service's {@code fall} and
 * {@code rise} are, so that one lost probe moves no requests. On the control thread.
 */
final class AddressHealth {
  /** What a probe changed. */
  enum Change {
    /** Nothing. */
    NONE,
    /** It is well by the first probe of it. */
    FIRST_UP,
    /** It was down, and is well again. */
    UP,
    /** It is down. */
    DOWN
  }

  private boolean isKnown;
  private boolean isUp;

  /** Probes in a row that were against the verdict. */
  private int against;

  AddressHealth() {}

  /** Whether it is known to be well. */
  boolean isUp() {
    return isUp;
  }

  /** It was probed. */
  Change probed(boolean ok, int fall, int rise) {
    if (isKnown && ok == isUp) {
      against = 0;
      return Change.NONE;
    }
    against++;
    if (isKnown && against < (ok ? rise : fall)) {
      return Change.NONE;
    }
    boolean wasKnown = isKnown;
    isKnown = true;
    isUp = ok;
    against = 0;
    if (!ok) {
      return Change.DOWN;
    }
    return wasKnown ? Change.UP : Change.FIRST_UP;
  }
}
