package io.landfall.ingress;

/**
 * An instant by both clocks.
 *
 * @param nanos the monotonic clock, for timers
 * @param wallMillis the wall clock, for showing
 */
record Moment(long nanos, long wallMillis) {}
