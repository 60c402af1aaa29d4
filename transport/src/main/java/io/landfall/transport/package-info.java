/** Bytes in and out: what all sockets share, and the thread that their callbacks run on. */
package io.landfall.transport;
