package io.landfall.acme;

import io.landfall.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One account's talk with a CA: its directory, its nonces, and the account (RFC 8555 sections 6.5,
 * 7.1.1 and 7.3). Blocks; for one thread.
 */
final class AcmeSession implements AutoCloseable {
  /** How often a request is sent again whose nonce the CA did not take (RFC 8555 section 6.5). */
  static final int MAX_NONCES = 10;

  private static final String JSON = "application/json";
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int FIRST_ERROR = 400;
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{1,512}");

  private final AcmeHttp http;
  private final AccountKey key;
  private final Clock clock;
  private final long deadlineNanos;
  private final AcmeJson directory;
  private @Nullable String nonce;
  private @Nullable String account;

  /**
   * Reads the directory.
   *
   * @param deadlineNanos nothing is asked after it; a monotonic time, so that a clock that is set
   *     while an order is under way neither ends it nor lets it go on
   */
  AcmeSession(AcmeHttp http, AccountKey key, String directoryUrl, Clock clock, long deadlineNanos)
      throws AcmeFailure, InterruptedException {
    this.http = http;
    this.key = key;
    this.clock = clock;
    this.deadlineNanos = deadlineNanos;
    AcmeHttp.Answer answer = http.get(directoryUrl);
    if (answer.status() != OK) {
      throw failure("its directory", answer);
    }
    directory = AcmeJson.of(answer.body());
  }

  AccountKey key() {
    return key;
  }

  /** The URL of a resource of the directory. */
  String url(String resource) throws AcmeFailure {
    return directory.required(resource);
  }

  /** Finds the account of the key, or makes it (RFC 8555 section 7.3). */
  void login(List<String> contacts, Optional<Binding> binding)
      throws AcmeFailure, InterruptedException {
    String url = url("newAccount");
    StringBuilder payload = new StringBuilder("{\"termsOfServiceAgreed\":true");
    if (!contacts.isEmpty()) {
      payload
          .append(",\"contact\":[")
          .append(String.join(",", contacts.stream().map(AcmeJson::quote).toList()))
          .append(']');
    }
    if (binding.isPresent()) {
      payload
          .append(",\"externalAccountBinding\":")
          .append(key.bind(binding.get().keyId(), binding.get().hmacKey(), url));
    }
    AcmeHttp.Answer answer = post(url, payload.append('}').toString(), JSON, "newAccount");
    if (answer.status() != OK && answer.status() != CREATED) {
      throw failure("newAccount", answer);
    }
    account =
        answer
            .field("Location")
            .orElseThrow(() -> new AcmeFailure("the CA's answer to newAccount has no Location"));
  }

  /** The URL of the account, by which a CAA record names it (RFC 8657); empty before the login. */
  String account() {
    String known = account;
    return known == null ? "" : known;
  }

  /**
   * What binds the account to one of another system.
   *
   * @param keyId what the CA calls it
   * @param hmacKey its key
   */
  record Binding(String keyId, byte[] hmacKey) {}

  /** Reads a resource (POST-as-GET, RFC 8555 section 6.3). */
  AcmeHttp.Answer read(String url, String what) throws AcmeFailure, InterruptedException {
    return post(url, "", JSON, what);
  }

  /** Reads a resource of another type. */
  AcmeHttp.Answer read(String url, String accept, String what)
      throws AcmeFailure, InterruptedException {
    return post(url, "", accept, what);
  }

  /** Sends a payload. */
  AcmeHttp.Answer send(String url, String payload, String what)
      throws AcmeFailure, InterruptedException {
    return post(url, payload, JSON, what);
  }

  private AcmeHttp.Answer post(String url, String payload, String accept, String what)
      throws AcmeFailure, InterruptedException {
    AcmeFailure last = new AcmeFailure("no nonce was tried");
    for (int i = 0; i < MAX_NONCES; i++) {
      if (clock.monotonicNanos() - deadlineNanos > 0) {
        throw new AcmeFailure("the order takes too long, at " + what);
      }
      String who = account == null ? "\"jwk\":" + key.jwk() : "\"kid\":" + AcmeJson.quote(account);
      String header =
          who + ",\"nonce\":" + AcmeJson.quote(nextNonce()) + ",\"url\":" + AcmeJson.quote(url);
      AcmeHttp.Answer answer = http.post(url, key.sign(header, payload), accept);
      keepNonce(answer);
      if (answer.status() < FIRST_ERROR) {
        return answer;
      }
      last = failure(what, answer);
      if (!last.type().equals("badNonce")) {
        throw last;
      }
    }
    throw last;
  }

  private String nextNonce() throws AcmeFailure, InterruptedException {
    if (nonce == null) {
      AcmeHttp.Answer answer = http.head(url("newNonce"));
      keepNonce(answer);
      if (nonce == null) {
        throw failure("newNonce, which gives no nonce", answer);
      }
    }
    String used = nonce;
    nonce = null;
    return used;
  }

  private void keepNonce(AcmeHttp.Answer answer) {
    nonce = answer.field("Replay-Nonce").filter(each -> NONCE.matcher(each).matches()).orElse(null);
  }

  /** What the CA says is wrong (RFC 8555 section 6.7), for people. */
  AcmeFailure failure(String what, AcmeHttp.Answer answer) {
    Instant now = Instant.ofEpochMilli(clock.wallMillis());
    try {
      return failure(what, AcmeJson.of(answer.body()), answer.retryAfter(now));
    } catch (AcmeFailure e) {
      return new AcmeFailure(
          "the CA answers " + answer.status() + " to " + what, "", answer.retryAfter(now));
    }
  }

  /** The same of a problem inside another object. */
  static AcmeFailure failure(String what, AcmeJson problem, Optional<Duration> retryAfter) {
    String urn = problem.text("type").orElse("");
    String type = AcmeFailure.clean(urn.substring(urn.lastIndexOf(':') + 1));
    StringBuilder why =
        new StringBuilder(type.isEmpty() ? "a problem" : type)
            .append(" (")
            .append(what)
            .append("): ")
            .append(AcmeFailure.clean(problem.text("detail").orElse("")));
    for (AcmeJson part : problem.objects("subproblems")) {
      if (why.length() < AcmeFailure.MAX_TEXT * 2) {
        why.append("; ").append(AcmeFailure.clean(part.text("detail").orElse("")));
      }
    }
    return new AcmeFailure(why.toString(), type, retryAfter);
  }

  @Override
  public void close() {
    http.close();
  }
}
