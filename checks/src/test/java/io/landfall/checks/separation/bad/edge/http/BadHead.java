package io.landfall.checks.separation.bad.edge.http;

import io.landfall.checks.separation.bad.edge.h1.BadConnection;

/** A head that knows the connection on which it came. */
public record BadHead(BadConnection cameOn) {}
