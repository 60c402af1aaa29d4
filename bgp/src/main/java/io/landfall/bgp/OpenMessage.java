package io.landfall.bgp;

/**
 * An OPEN (RFC 4271 section 4.2) as it was read, before any rule was applied to it.
 *
 * @param twoOctetAs the AS number of the fixed part; AS_TRANS 23456 stands for one that does not
 *     fit
 * @param holdTimeSeconds the proposed hold time
 * @param id the BGP Identifier
 * @param capabilities the capabilities of all its parameters
 */
public record OpenMessage(int twoOctetAs, int holdTimeSeconds, int id, Capabilities capabilities) {}
