/** A wicked twin of {@code edge.cache}. */
package io.landfall.checks.separation.bad.edge.cache;
