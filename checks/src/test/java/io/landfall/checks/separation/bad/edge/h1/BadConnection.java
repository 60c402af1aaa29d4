package io.landfall.checks.separation.bad.edge.h1;

import io.landfall.checks.separation.bad.edge.BadForward;
import io.landfall.checks.separation.bad.edge.exchange.BadExchange;

/** A connection; that it knows its exchange and the root package is allowed. */
public record BadConnection(BadExchange exchange, BadForward forward) {}
