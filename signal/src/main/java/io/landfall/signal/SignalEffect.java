package io.landfall.signal;

import io.landfall.core.ServiceName;

/** What the driver of {@link LocalSignals} must do after a step, in the order given. */
public sealed interface SignalEffect {
  /** A service's signal is another than before; in one step, in the order of the names. */
  record Changed(SignalChange change) implements SignalEffect {}

  /** Which backends of a service may be used is another set than before. */
  record BackendsChanged(ServiceName service) implements SignalEffect {}

  /**
   * A backend may be used for something else than before, or for nothing from the beginning; for
   * the log.
   *
   * @param why what was seen of it last, or who keeps requests from it
   */
  record BackendTurned(ServiceName service, BackendAddress backend, BackendUse use, String why)
      implements SignalEffect {}

  /** Every backend of every service has had a first verdict: End-of-RIB may be sent. Given once. */
  record EvaluatedOnce() implements SignalEffect {}

  /**
   * Run this probe now; its result is owed as {@link SignalEvent.ProbeDone}.
   *
   * @param service whose
   * @param ticket which, to be handed back
   * @param spec how
   * @param backend where
   * @param connection over which connection
   */
  record RunProbe(
      ServiceName service,
      ProbeTicket ticket,
      ProbeSpec spec,
      BackendAddress backend,
      Connection connection)
      implements SignalEffect {}

  /** Which connection a probe may use. */
  enum Connection {
    /** One that an earlier probe left open: no failure is known of the backend. */
    KEPT_IF_OPEN,
    /** A new one: the backend is not up, or its last probe failed, or clients were refused. */
    NEW
  }

  /** The answer to a command; exactly one for each command, and none for another event. */
  record Answered(SignalAnswer answer) implements SignalEffect {}
}
