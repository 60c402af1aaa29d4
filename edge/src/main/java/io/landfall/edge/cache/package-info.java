/**
 * The cache: what rooms {@code cache} decides of bytes in memory, as one more place that a request
 * can be tried on.
 */
package io.landfall.edge.cache;
