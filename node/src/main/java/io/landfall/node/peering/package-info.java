/**
 * Sessions over plain TCP, wired: one driver of peerings and sockets, and for each kind of session
 * what its events and effects are in the words of that.
 */
package io.landfall.node.peering;
