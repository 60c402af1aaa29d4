package io.landfall.checks.separation.bad.edge.cache.coding;

import io.landfall.checks.separation.bad.edge.http.BadHead;

/** An encoder that decides by fields what it encodes. */
public record BadEncoder(BadHead head) {}
