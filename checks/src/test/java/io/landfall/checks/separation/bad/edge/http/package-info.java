/** A wicked twin of {@code edge.http}: it knows a connection. */
package io.landfall.checks.separation.bad.edge.http;
