package io.landfall.bgp.peering;

/**
 * One configured neighbour, as its streams see it.
 *
 * @param name its name in the config
 * @param dialling when this side opens a stream; it takes the other side's in any case
 */
public record Peering(String name, Dialling dialling) {
  /** When this side opens a stream. */
  public enum Dialling {
    /** Never: the other side does (RFC 4271 section 8.1.1, PassiveTcpEstablishment). */
    NEVER,
    /** When the session asks for one, which has its own timers for that (IdleHoldTimer). */
    ON_REQUEST,
    /** Whenever there is no stream, again and again. */
    WHILE_ALONE
  }
}
