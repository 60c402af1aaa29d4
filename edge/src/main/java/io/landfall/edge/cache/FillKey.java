package io.landfall.edge.cache;

/**
 * What requests have in common that wait for one fetch.
 *
 * @param key their primary key
 * @param secondaryKey what they have in the fields that selected what was stored last; empty if
 *     nothing was
 * @param fromNode whether other nodes forwarded them: what is fetched for those is never forwarded,
 *     and so no two nodes wait for each other
 */
record FillKey(StoredKey key, String secondaryKey, boolean fromNode) {}
