package io.landfall.cache;

/** What RFC 9110 section 15 says of caching by status code. */
final class StatusRules {
  static final int OK = 200;
  static final int PARTIAL_CONTENT = 206;
  static final int NOT_MODIFIED = 304;

  private StatusRules() {}

  /** Whether it may be stored without being asked for: "heuristically cacheable". */
  static boolean isHeuristicallyCacheable(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
      default -> false;
    };
  }

  /** Whether its meaning for caches is known here (must-understand, RFC 9111 section 5.2.2.3). */
  static boolean isUnderstood(int status) {
    return switch (status) {
      case 200, 201, 202, 203, 204, 205, 206 -> true;
      case 300, 301, 302, 303, 304, 305, 307, 308 -> true;
      case 422, 426, 428, 429, 431, 451, 511 -> true;
      default -> (status >= 400 && status <= 417) || status == 421 || isServerError(status);
    };
  }

  private static boolean isServerError(int status) {
    return status >= 500 && status <= 505;
  }

  /**
   * Whether it answers something of this one request that no key has: credentials, a condition, a
   * range, an expectation, its size, its connection. Stored, it would be a denial of service by one
   * client against all others.
   */
  static boolean isOfOneRequest(int status) {
    return switch (status) {
      case 401, 407, 408, 411, 412, 413, 416, 417, 421, 425, 426, 428, 431 -> true;
      default -> false;
    };
  }

  /**
   * Whether it is an error that may lie in what the one client sent, or in who it is, and not in
   * the resource: any of 400 to 499 but those that are about the URL (404, 410, 414, 451) or the
   * method (405), which the key has. An unknown one is as 400 (RFC 9110 section 15).
   */
  static boolean isClientError(int status) {
    return switch (status) {
      case 404, 405, 410, 414, 451 -> false;
      default -> status >= 400 && status <= 499;
    };
  }

  /** Whether stale-if-error counts it as an error (RFC 5861 section 4). */
  static boolean isError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }
}
