package io.landfall.signal;

/**
 * One probe of one backend. A result is believed only for the ticket that is still out, so a result
 * that comes late does not count.
 *
 * @param backendIndex which backend of the service, from 0
 * @param attempt the number of the probe for that backend
 */
public record ProbeTicket(int backendIndex, long attempt) {}
