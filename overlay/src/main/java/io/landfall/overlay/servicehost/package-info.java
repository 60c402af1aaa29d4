/**
 * Service hosts with BGP sessions: sessions that are strictly weaker than an adjacency. A host
 * advertises what its own services are, receives nothing, and has no way into the table.
 */
@org.jspecify.annotations.NullMarked
package io.landfall.overlay.servicehost;
