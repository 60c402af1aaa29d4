/** Who is told what the overlay hears: BMP stations, MRT files; nobody can be heard through it. */
package io.landfall.node.watch;
