package io.landfall.admin.model;

/**
 * Requests that have switched protocols (WebSocket), as {@code show tunnels} has them.
 *
 * @param open open now, here; one that is forwarded is open at both nodes
 * @param most how many there may be at once, with the requests for one
 * @param opened how many there were since the start, the open ones included
 * @param refused requests for one that got 503, since there were as many as may be
 * @param turnedAway how often one was not asked for at another node, since those to it had their
 *     share of its streams
 * @param idle those that ended since no byte passed for too long
 * @param broken those that one side broke off
 */
public record TunnelStatus(
    long open, long most, long opened, long refused, long turnedAway, long idle, long broken) {}
