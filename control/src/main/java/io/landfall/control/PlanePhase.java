package io.landfall.control;

/** Whether the control plane runs, and how it ends. */
enum PlanePhase {
  /** It has sessions, or begins them. */
  RUNNING,
  /** It leaves the overlay to another process of the node. */
  YIELDING,
  /** It has left, and may go on. */
  YIELDED,
  /** It leaves the overlay for good. */
  STOPPING,
  /** It has left. */
  STOPPED;

  /** After the other process has not taken over: it runs, unless it was told to stop meanwhile. */
  PlanePhase resumed() {
    return this == YIELDING || this == YIELDED ? RUNNING : this;
  }
}
