/** A wicked twin of the room {@code ca}: it leans on a node, and others lean on it. */
package io.landfall.checks.separation.bad.ca;
