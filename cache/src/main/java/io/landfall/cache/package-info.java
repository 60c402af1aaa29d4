/**
 * RFC 9111 and its companions as pure rules: no clock, thread, socket, disk or randomness. Times
 * come in, decisions go out; bodies stay with the caller.
 *
 * <p>How the edge goes through it, in the order of a request:
 *
 * <ol>
 *   <li>{@link io.landfall.cache.QueryRules#apply} gives the target that is keyed and sent
 *       upstream; {@link io.landfall.cache.LookupRule} says whether the cache is asked.
 *   <li>{@link io.landfall.cache.KeyBuffer} makes the primary key, {@link
 *       io.landfall.cache.Variants#select} finds the response that the request's fields select,
 *       {@link io.landfall.cache.PurgeEpochs#check} whether a purge took it.
 *   <li>{@link io.landfall.cache.Reuse#decide} says whether it is the answer. If it is: {@link
 *       io.landfall.cache.Preconditions}, then {@link io.landfall.cache.RangeAnswer}, then {@link
 *       io.landfall.cache.Freshness#ageSeconds} and {@link io.landfall.cache.CacheStatus#hit}.
 *   <li>If it is not: {@link io.landfall.cache.CollapseRule} says who fetches, {@link
 *       io.landfall.cache.Validators#addConditions} how, {@link io.landfall.cache.Slices} which
 *       part.
 *   <li>What comes: a 304 goes through {@link io.landfall.cache.Freshening} and {@link
 *       io.landfall.cache.StoredFields#freshen}; no answer or an error of the server through {@link
 *       io.landfall.cache.Reuse#staleOnError}; all else, and what was freshened, through {@link
 *       io.landfall.cache.StoreRule}, whose {@link io.landfall.cache.StoredMeta} is kept.
 *   <li>A response to an unsafe method: {@link io.landfall.cache.Invalidation} and {@link
 *       io.landfall.cache.CacheTags#invalidatedGroups} tell what to purge.
 * </ol>
 *
 * <p>A hit reads numbers that were made when the response was stored, and makes no object that
 * outlives it.
 */
package io.landfall.cache;
