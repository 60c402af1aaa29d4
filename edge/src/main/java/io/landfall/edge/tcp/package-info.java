/** Connections of clients to TCP services: bytes that are carried, and not looked at. */
package io.landfall.edge.tcp;
