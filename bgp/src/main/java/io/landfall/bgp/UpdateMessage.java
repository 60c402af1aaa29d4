package io.landfall.bgp;

import java.util.List;
import java.util.Optional;

/**
 * An UPDATE (RFC 4271 section 4.3) as its meaning: what is withdrawn, and what is announced with
 * one set of attributes. MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760) are already folded in; after
 * treat-as-withdraw (RFC 7606) the announced prefixes stand among the withdrawn ones and there are
 * no attributes, so there is nothing malformed left to touch.
 *
 * @param withdrawn prefixes withdrawn
 * @param announced prefixes announced; empty exactly when there are no attributes
 * @param attributes the attributes of what is announced
 * @param refused what the decoder refused in this message, by rule; the session stays up
 * @param endOfRib the family whose End-of-RIB marker (RFC 4724 section 2) this message is
 * @param <P> the plane's prefix type
 */
public record UpdateMessage<P>(
    List<Nlri<P>> withdrawn,
    List<Nlri<P>> announced,
    Optional<PathAttributes> attributes,
    List<Refusal> refused,
    Optional<Family> endOfRib) {
  /** Copies the lists. */
  public UpdateMessage {
    withdrawn = List.copyOf(withdrawn);
    announced = List.copyOf(announced);
    refused = List.copyOf(refused);
  }

  /**
   * One thing that a peer sent and that was not taken.
   *
   * @param rule a short fixed phrase to count by, such as {@code not-host-length}
   * @param what the prefix or attribute, for people
   * @param subject what is counted besides the rule, from a set that no peer can make large: the
   *     attribute's name and number, or the family's; empty when a prefix was refused
   */
  public record Refusal(String rule, String what, String subject) {
    /** A refused prefix: counted by its rule alone. */
    public Refusal(String rule, String what) {
      this(rule, what, "");
    }
  }
}
