/**
 * Service hosts that speak BGP: sessions that are strictly weaker than an adjacency. A host says
 * what its own services are, hears nothing, and has no way into the table.
 */
@org.jspecify.annotations.NullMarked
package io.landfall.overlay.servicehost;
