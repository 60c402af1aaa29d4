/** A wicked twin of the room {@code node}: what config and admin must not use. */
package io.landfall.checks.separation.bad.node;
