/**
 * Purges of the whole fleet: a log for each node that gives purges, which all nodes of the fleet
 * come to have and apply, as one machine ({@link io.landfall.cache.fleet.PurgeFleet}). What travels
 * between nodes are {@link io.landfall.cache.fleet.PurgeMessage}s.
 */
@org.jspecify.annotations.NullMarked
package io.landfall.cache.fleet;
