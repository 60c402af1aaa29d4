package io.landfall.checks.separation.bad.edge.exchange;

import io.landfall.checks.separation.bad.edge.h1.BadConnection;
import io.netty.channel.Channel;

/** An exchange that closes a circle with the connection that holds it. */
public record BadExchange(BadConnection connection, Channel channel) {}
