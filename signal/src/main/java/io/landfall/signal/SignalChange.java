package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;

/**
 * A local service says something else than before; the overlay has to hear of it now.
 *
 * @param service which
 * @param from what it said; DOWN is no route
 * @param to what it says
 * @param why for the log and the views
 */
public record SignalChange(ServiceName service, Signal from, Signal to, String why) {}
