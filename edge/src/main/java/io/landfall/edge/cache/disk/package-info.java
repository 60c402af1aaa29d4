/**
 * The cache's disk: an append-only ring of segment files, an index of it off the heap, and a
 * journal of what was purged. It knows bytes and keys, and nothing of HTTP.
 */
package io.landfall.edge.cache.disk;
