package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;

/**
 * A local service has another signal than before; the overlay is to advertise it now.
 *
 * @param service which
 * @param from the signal before; DOWN is no route
 * @param to the signal now; the same as before when only the tier changed
 * @param tier the tier that its hosts give it, to be added to the configured one; 0 when no host
 *     advertises it
 * @param why for the log and the views
 */
public record SignalChange(ServiceName service, Signal from, Signal to, long tier, String why) {}
