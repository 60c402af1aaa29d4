/** HTTP/1: connections of clients, connections to the backends beside this node and their pools. */
package io.landfall.edge.h1;
