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
   * @param kind what sort of thing it is
   * @param code the attribute's number, for a whole message that of the attribute to blame, or AFI
   *     * 256 + SAFI of a family; 0 when there is none
   */
  public record Refusal(String rule, String what, Kind kind, int code) {
    /** A refused prefix. */
    public Refusal(String rule, String what) {
      this(rule, what, Kind.PREFIX, 0);
    }

    static Refusal attribute(MessageRule rule, int code, String what) {
      return new Refusal(rule.label(), what, Kind.ATTRIBUTE, code);
    }

    static Refusal family(MessageRule rule, int afi, int safi, String what) {
      return new Refusal(rule.label(), what, Kind.FAMILY, afi << 8 | safi);
    }

    static Refusal message(MessageRule rule, int attribute, String what) {
      return new Refusal(rule.label(), what, Kind.MESSAGE, attribute);
    }

    /**
     * What is counted besides the rule, from a set that no peer can make large: the attribute, or
     * the family; empty when a prefix was refused.
     */
    public String subject() {
      return switch (kind) {
        case PREFIX -> "";
        case ATTRIBUTE -> AttributeType.nameOf(code);
        case MESSAGE -> code == 0 ? "unnamed attribute" : AttributeType.nameOf(code);
        case FAMILY -> familyName(code);
      };
    }

    /** A family for people, from AFI * 256 + SAFI. */
    static String familyName(int code) {
      return "AFI " + (code >>> 8) + ", SAFI " + (code & 0xff);
    }

    /** What sort of thing was refused. */
    public enum Kind {
      /** One announced prefix. */
      PREFIX,
      /** One path attribute; its route was taken without it, unless another rule says more. */
      ATTRIBUTE,
      /** Everything of one address family in a message. */
      FAMILY,
      /** The announcements of a whole message. */
      MESSAGE
    }
  }
}
