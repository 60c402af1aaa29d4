package io.landfall.admin;

import java.util.Optional;

/**
 * Which routes a person wants to see, and how much of them.
 *
 * @param address only the route to this host, as it was typed; an address or an address/length
 * @param from only paths that this peer advertised, by name or identity; {@code local} for our own
 * @param all whether every attribute and the reason for the order are wanted
 */
public record RouteQuery(Optional<String> address, Optional<String> from, boolean all) {}
