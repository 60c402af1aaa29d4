package io.landfall.bgp;

import io.landfall.bgp.UpdateMessage.Refusal;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one set of attribute bytes means, without MP_REACH_NLRI and MP_UNREACH_NLRI. It depends on
 * nothing but the bytes and the session, so one instance serves every message that carries the same
 * bytes, and the routes of these messages share one {@link PathAttributes}.
 */
final class ParsedAttributes {
  private final @Nullable PathAttributes attributes;
  private final String missing;
  private final ErrorRung rung;
  private final @Nullable BgpError error;
  private final List<Refusal> refusals;

  private byte[] mpNextHop = {};
  private @Nullable PathAttributes withMpNextHop;

  /**
   * @param attributes the route's attributes; absent when ORIGIN or AS_PATH is missing or malformed
   * @param missing the first of ORIGIN and AS_PATH that is not there, or nothing
   * @param rung how badly the bytes are malformed
   * @param error the first error of that rung, as RFC 4271 would have reported it
   * @param refusals what was dropped
   */
  ParsedAttributes(
      @Nullable PathAttributes attributes,
      String missing,
      ErrorRung rung,
      @Nullable BgpError error,
      List<Refusal> refusals) {
    this.attributes = attributes;
    this.missing = missing;
    this.rung = rung;
    this.error = error;
    this.refusals = List.copyOf(refusals);
  }

  Optional<PathAttributes> attributes() {
    return Optional.ofNullable(attributes);
  }

  /** The well-known mandatory attribute that a reachable prefix lacks, or nothing. */
  String missing(boolean needsNextHop) {
    if (missing.isEmpty() && needsNextHop && attributes != null && attributes.nextHop().isEmpty()) {
      return "NEXT_HOP";
    }
    return missing;
  }

  ErrorRung rung() {
    return rung;
  }

  Optional<BgpError> error() {
    return Optional.ofNullable(error);
  }

  List<Refusal> refusals() {
    return refusals;
  }

  /** The attributes with the next hop of MP_REACH_NLRI in place of NEXT_HOP. */
  Optional<PathAttributes> withNextHop(byte[] bytes, int at, int length) {
    if (attributes == null) {
      return Optional.empty();
    }
    if (withMpNextHop == null
        || !Arrays.equals(mpNextHop, 0, mpNextHop.length, bytes, at, at + length)) {
      mpNextHop = Arrays.copyOfRange(bytes, at, at + length);
      InetAddress nextHop = NextHopCodec.address(mpNextHop, 0, length);
      PathAttributes a = attributes;
      withMpNextHop =
          new PathAttributes(
              a.origin(),
              a.asPath(),
              Optional.of(nextHop),
              a.med(),
              a.localPref(),
              a.reflection(),
              a.communities(),
              a.onlyToCustomer());
    }
    return Optional.of(withMpNextHop);
  }
}
