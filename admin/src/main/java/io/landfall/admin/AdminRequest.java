package io.landfall.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to the admin API, away from any socket.
 *
 * @param method the method
 * @param path the decoded path
 * @param query the decoded query
 * @param body the body as text
 * @param accept the Accept header; empty text when there is none
 * @param ifNoneMatch the If-None-Match header (RFC 9110 section 13.1.2); empty text when there is
 *     none
 * @param caller who asks
 */
record AdminRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    String body,
    String accept,
    String ifNoneMatch,
    Caller caller) {
  /** One that is not conditional. */
  AdminRequest(
      String method,
      String path,
      Map<String, List<String>> query,
      String body,
      String accept,
      Caller caller) {
    this(method, path, query, body, accept, "", caller);
  }

  /** The same for another path. */
  AdminRequest at(String other) {
    return new AdminRequest(method, other, query, body, accept, ifNoneMatch, caller);
  }

  /** Whoever asks. */
  sealed interface Caller {
    /**
     * A local process, over the Unix socket.
     *
     * @param credentials its user and process, when the kernel said so
     */
    record Local(Optional<Credentials> credentials) implements Caller {}

    /**
     * Anything on this machine, over loopback TCP: may read.
     *
     * @param hostHeader the Host header; empty text when there is none
     * @param authorization the Authorization header; empty text unless there is exactly one
     */
    record Loopback(String hostHeader, String authorization) implements Caller {
      /** One without credentials. */
      Loopback(String hostHeader) {
        this(hostHeader, "");
      }

      @Override
      public String toString() {
        return "Loopback[" + hostHeader + "]";
      }
    }
  }

  /**
   * What SO_PEERCRED says.
   *
   * @param uid the user
   * @param pid the process
   */
  record Credentials(int uid, int pid) {}
}
