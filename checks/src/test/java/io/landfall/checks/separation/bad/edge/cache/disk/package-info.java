/** A wicked twin of {@code edge.cache.disk}. */
package io.landfall.checks.separation.bad.edge.cache.disk;
