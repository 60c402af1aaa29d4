/** How a connection to a backend comes about, and what it means if it does not. */
package io.landfall.edge.origin;
