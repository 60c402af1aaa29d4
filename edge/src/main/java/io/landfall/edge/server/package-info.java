/** The running edge: event loops with their state, listeners, and the limits of connections. */
package io.landfall.edge.server;
