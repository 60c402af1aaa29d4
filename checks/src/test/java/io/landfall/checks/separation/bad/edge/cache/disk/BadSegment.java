package io.landfall.checks.separation.bad.edge.cache.disk;

import io.landfall.checks.separation.bad.edge.http.BadHead;

/** A disk that looks into what it stores. */
public record BadSegment(BadHead head) {}
