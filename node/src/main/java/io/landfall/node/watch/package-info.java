/** Who gets what the overlay receives: BMP stations, MRT files. Nothing comes back from them. */
package io.landfall.node.watch;
