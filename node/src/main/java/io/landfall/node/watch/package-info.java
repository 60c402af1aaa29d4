/**
 * Where what the overlay receives is sent: BMP stations, MRT files; nothing comes back from there.
 */
package io.landfall.node.watch;
