/**
 * Plane two: sessions between nodes, and the table that holds host routes of one block and nothing
 * else. {@link io.landfall.overlay.Overlay} is the one door.
 */
package io.landfall.overlay;
