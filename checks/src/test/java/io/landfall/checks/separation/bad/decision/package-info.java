/**
 * A wicked twin of the room {@code decision}: everything here must be flagged by a rule of layer 4.
 */
package io.landfall.checks.separation.bad.decision;
