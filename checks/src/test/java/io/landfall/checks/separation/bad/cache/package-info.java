/**
 * A wicked twin of the room {@code cache}: everything here must be flagged by a rule of layer 4.
 */
package io.landfall.checks.separation.bad.cache;
