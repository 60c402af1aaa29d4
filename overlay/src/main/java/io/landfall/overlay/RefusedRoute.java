package io.landfall.overlay;

import io.landfall.bgp.PathAttributes;
import java.util.Optional;

/**
 * A route that a peer announced in its present session, that was refused, and that it has not
 * replaced or withdrawn since. Looking glasses show these beside the accepted ones.
 *
 * @param prefix as the peer sent it, such as {@code 10.32.0.0/24}
 * @param pathId the identifier it came with (RFC 7911), unsigned; 0 when there was none
 * @param rule the rule that it breaks
 * @param attributes what it came with; empty when the prefix itself was refused, since then no one
 *     reads on. The withdrawal of such a prefix is not noticed either: it goes with the session
 * @param nanos when, monotonic
 */
public record RefusedRoute(
    String prefix, int pathId, String rule, Optional<PathAttributes> attributes, long nanos) {}
