package io.landfall.bgp;

/**
 * One prefix in an UPDATE, with its add-path identifier (RFC 7911).
 *
 * @param prefix the plane's prefix
 * @param pathId the path identifier, unsigned; 0 where add-path was not negotiated
 */
public record Nlri<P>(P prefix, int pathId) {}
