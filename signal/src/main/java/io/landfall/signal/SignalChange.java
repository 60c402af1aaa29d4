package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;

/**
 * A local service says something else than before; the overlay has to hear of it now.
 *
 * @param service which
 * @param from what it said; DOWN is no route
 * @param to what it says; the same as before when only the tier changed
 * @param tier the tier that its hosts give it, to be added to the configured one; 0 when no host
 *     speaks for it
 * @param why for the log and the views
 */
public record SignalChange(ServiceName service, Signal from, Signal to, long tier, String why) {}
