package io.landfall.checks.separation.bad.edge.cache;

import io.landfall.checks.separation.bad.edge.h1.BadConnection;
import io.netty.channel.Channel;

/** A cache that writes to the connection of a client by itself. */
public record BadTier(BadConnection connection, Channel channel) {}
