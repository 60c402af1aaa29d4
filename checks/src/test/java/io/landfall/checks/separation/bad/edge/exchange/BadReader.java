package io.landfall.checks.separation.bad.edge.exchange;

import io.landfall.checks.separation.bad.edge.cache.BadTier;

/** An exchange that knows how the cache works. */
public record BadReader(BadTier tier) {}
