package io.landfall.node;

import io.landfall.core.FailureText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/** How names are resolved. */
interface HostLookup {
  /** What came of a lookup. */
  sealed interface Answer {
    /**
     * The resolver answered.
     *
     * @param addresses the addresses, the preferred one first; none when there is no such name
     */
    record Addresses(List<InetAddress> addresses) implements Answer {}

    /**
     * It could not be asked or did not answer, which proves nothing about the name.
     *
     * @param why what was in the way, for people
     */
    record NoAnswer(String why) implements Answer {}

    /** These addresses; none for a name that does not exist. */
    static Answer of(List<InetAddress> addresses) {
      return new Addresses(List.copyOf(addresses));
    }
  }

  /**
   * The words of C libraries (glibc, musl, macOS) for a name that has no address. All others, such
   * as a failure for the time being or no file descriptor, and words of other languages, leave open
   * whether it has.
   */
  Set<String> NO_SUCH_NAME =
      Set.of(
          "Name or service not known",
          "No address associated with hostname",
          "Name does not resolve",
          "Name has no usable address",
          "nodename nor servname provided, or not known");

  /** As the system resolves them: its hosts file, its resolver and that one's cache. */
  HostLookup SYSTEM =
      host -> {
        try {
          return Answer.of(List.of(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
          return failed(host, FailureText.of(e));
        }
      };

  /** What a failed lookup means, by the message of the JDK: the name, and words of the system. */
  static Answer failed(String host, String message) {
    String why = message.startsWith(host + ": ") ? message.substring(host.length() + 2) : message;
    return NO_SUCH_NAME.contains(why) ? Answer.of(List.of()) : new Answer.NoAnswer(why);
  }

  /** Looks a host up. May wait. */
  Answer lookUp(String host);
}
