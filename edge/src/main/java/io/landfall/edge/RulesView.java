package io.landfall.edge;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the rules of a service do before it is decided where a request goes, for {@code explain}.
 *
 * @param byAddress whether clients are let in or kept out by their addresses
 * @param rateLimits how many rate limits a client is held to
 * @param maintained whether the service is under maintenance
 * @param redirect where the request is redirected; empty if it is not
 * @param client what they do with one client; empty if none was named
 * @param authorization the URL that is asked whether a request may go on; empty for none
 */
public record RulesView(
    boolean byAddress,
    int rateLimits,
    boolean maintained,
    Optional<Redirect> redirect,
    Optional<OfClient> client,
    Optional<String> authorization) {
  /**
   * A client, and what it sends.
   *
   * @param address its address
   * @param fields fields of its request, by names in lower case, each {@code name: value}
   */
  public record Client(InetAddress address, List<String> fields) {
    /** Copies the list. */
    public Client {
      fields = List.copyOf(fields);
    }
  }

  /**
   * What the rules do with one client; nothing is counted.
   *
   * @param address its address
   * @param denied whether it may not use the service
   * @param prefix the longest prefix of {@code deny}, else of {@code allow}, that has it; empty if
   *     none has
   * @param limits how each rate limit counts it
   * @param served the longest prefix of those that are served in maintenance that has it
   */
  public record OfClient(
      String address,
      boolean denied,
      Optional<String> prefix,
      List<Counted> limits,
      Optional<String> served) {
    /** Copies the list. */
    public OfClient {
      limits = List.copyOf(limits);
    }
  }

  /**
   * How a rate limit counts a request.
   *
   * @param name what the limit is called
   * @param requests how many requests
   * @param perMillis in this time
   * @param key under what the request is counted
   */
  public record Counted(String name, long requests, long perMillis, String key) {}

  /**
   * A redirect.
   *
   * @param status one of 301, 302, 303, 307, 308
   * @param location the value of Location
   */
  public record Redirect(int status, String location) {}
}
