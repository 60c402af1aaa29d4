package io.landfall.edge;

import java.util.Optional;

/**
 * What the rules of a service do before it is decided where a request goes, for {@code explain}.
 *
 * @param byAddress whether clients are let in or kept out by their addresses
 * @param rateLimits how many rate limits a client is held to
 * @param maintained whether the service is under maintenance
 * @param redirect where the request is redirected; empty if it is not
 */
public record RulesView(
    boolean byAddress, int rateLimits, boolean maintained, Optional<Redirect> redirect) {
  /**
   * A redirect.
   *
   * @param status one of 301, 302, 303, 307, 308
   * @param location the value of Location
   */
  public record Redirect(int status, String location) {}
}
