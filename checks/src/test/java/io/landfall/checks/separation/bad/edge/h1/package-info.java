/** A wicked twin of {@code edge.h1}. */
package io.landfall.checks.separation.bad.edge.h1;
