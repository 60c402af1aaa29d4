/** The UDP sockets of BFD: TTL and hop limit both ways, on the owner's thread. */
package io.landfall.transport.udp;
