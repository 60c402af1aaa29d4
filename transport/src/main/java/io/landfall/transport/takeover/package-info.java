/** How one process of a node passes open sockets to another: a Unix socket, lines, descriptors. */
package io.landfall.transport.takeover;
