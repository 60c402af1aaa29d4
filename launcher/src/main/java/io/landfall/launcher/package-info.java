/**
 * What {@code ./landfall} starts. The commands of a node and the lab meet here and nowhere else:
 * neither room knows the other.
 */
package io.landfall.launcher;
