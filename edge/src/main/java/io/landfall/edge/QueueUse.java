package io.landfall.edge;

/**
 * How full a queue is that loses what it has no room for.
 *
 * @param now what waits in it
 * @param most what may
 */
public record QueueUse(long now, long most) {}
