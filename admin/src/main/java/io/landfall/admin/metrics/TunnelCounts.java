package io.landfall.admin.metrics;

/**
 * Requests that have switched protocols.
 *
 * @param open open now
 * @param opened since the start
 * @param refused requests for one that got 503, since there were as many as there may be
 * @param idle those that ended since no byte passed for too long
 * @param broken those that one side broke off
 * @param turnedAway how often one was not asked for at another node, since those to it had their
 *     share of its streams
 */
public record TunnelCounts(
    long open, long opened, long refused, long idle, long broken, long turnedAway) {}
