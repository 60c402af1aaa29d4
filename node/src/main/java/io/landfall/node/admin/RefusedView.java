package io.landfall.node.admin;

import java.time.Instant;

/**
 * What one rule refused from one peer, as {@code show refused} has it.
 *
 * @param peer the peer's name, or the endpoint of one that proved none
 * @param rule the rule's code
 * @param count how often since the start
 * @param last when last
 * @param what what was refused last
 */
public record RefusedView(String peer, String rule, long count, Instant last, String what) {}
