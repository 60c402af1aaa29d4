/** HTTP/2 between nodes: the end that forwards requests, and the end that serves them. */
package io.landfall.edge.h2;
