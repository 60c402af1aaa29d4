package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the listener for purges answers: {@code POST /v1/purge}, to who has the token, and nothing
 * else to any. Who has none does not learn what there is (401 whatever was asked for), nor, by the
 * time that it takes, how much of a token was right.
 */
final class PurgeApi {
  /** RFC 6750 section 2.1. */
  private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([\\x21-\\x7e]+)");

  private final byte[] digest;
  private final Purges purges;

  /** Does what a request with the right token asks for. */
  interface Purges {
    /** The answer to the request. */
    AdminAnswer answer(AdminRequest request) throws CommandBody.Wrong;
  }

  PurgeApi(String token, Purges purges) {
    this.digest = digest(token);
    this.purges = purges;
  }

  AdminAnswer handle(AdminRequest request) {
    if (!isAllowed(request.caller())) {
      return AdminAnswer.problem(401, "no");
    }
    if (!request.path().equals(CacheApi.PURGE)) {
      return AdminAnswer.problem(404, "there is " + CacheApi.PURGE + " here, and nothing else");
    }
    if (!request.method().equals("POST")) {
      return AdminAnswer.problem(405, CacheApi.PURGE + " takes POST, not " + request.method());
    }
    try {
      return purges.answer(request);
    } catch (CommandBody.Wrong wrong) {
      return AdminAnswer.problem(400, wrong.sentence());
    } catch (Unavailable late) {
      return AdminAnswer.problem(503, late.sentence());
    }
  }

  private boolean isAllowed(AdminRequest.Caller caller) {
    if (!(caller instanceof AdminRequest.Caller.Loopback tcp)) {
      return false;
    }
    Matcher bearer = BEARER.matcher(tcp.authorization());
    String given = bearer.matches() ? bearer.group(1) : "";
    // Of digests, which hide the length, and in constant time.
    return MessageDigest.isEqual(digest, digest(given));
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
