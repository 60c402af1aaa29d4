/**
 * HTTP/2 of clients, and between nodes: the end that forwards requests, and the end that serves.
 */
package io.landfall.edge.h2;
