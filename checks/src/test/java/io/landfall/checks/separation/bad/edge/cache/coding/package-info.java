/** A wicked twin of {@code edge.cache.coding}. */
package io.landfall.checks.separation.bad.edge.cache.coding;
