package io.landfall.signal;

import io.landfall.core.ServiceName;

/**
 * A probe to run now; its result is owed as {@link SignalEvent.ProbeDone}.
 *
 * @param service whose
 * @param ticket which, to be handed back
 * @param spec how
 * @param backend where
 */
public record ProbeOrder(
    ServiceName service, ProbeTicket ticket, ProbeSpec spec, BackendAddress backend) {}
