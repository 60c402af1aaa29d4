/** A wicked twin of {@code edge.exchange}: it knows a version of HTTP, and sockets. */
package io.landfall.checks.separation.bad.edge.exchange;
