package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.landfall.core.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CA that answers as no good one does: it costs the order, and tells why. */
class HostileCaTest {
  private static final String TOKEN = "a".repeat(43);

  @TempDir Path folder;
  private final List<PendingChallenge> published = new ArrayList<>();
  private final List<PendingChallenge> withdrawn = new ArrayList<>();

  /** What a script has set the time of day by, and what it has let pass. */
  private final AtomicLong setByMillis = new AtomicLong();

  private final AtomicLong passedNanos = new AtomicLong();

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime() + passedNanos.get();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis() + setByMillis.get();
        }
      };

  private final ChallengePublisher publisher =
      new ChallengePublisher() {
        @Override
        public void publish(List<PendingChallenge> challenges) {
          published.addAll(challenges);
        }

        @Override
        public void withdraw(List<PendingChallenge> challenges) {
          withdrawn.addAll(challenges);
        }
      };

  /** What an order for shop.test fails with. */
  private AcmeFailure order(FakeCa.Script script) throws Exception {
    AtomicReference<FakeCa> self = new AtomicReference<>();
    try (FakeCa ca =
        new FakeCa(
            folder,
            (line, body) -> {
              if (line.equals("GET /dir")) {
                return self.get().directory();
              }
              return line.equals("HEAD /nonce")
                  ? FakeCa.answer(200, "", "")
                  : line.equals("POST /account")
                      ? accounted(script.answer(line, body), self.get())
                      : script.answer(line, body).replace("$URL", self.get().url(""));
            })) {
      self.set(ca);
      AcmeClient client = new AcmeClient(ca.settings(ChallengeType.HTTP_01), publisher, clock);
      AcmeFailure failure =
          catchThrowableOfType(
              AcmeFailure.class,
              () -> client.order(List.of("shop.test"), CertificateKeys.ECDSA_P256));
      assertThat(failure).as("an order that fails").isNotNull();
      assertThat(ca.requests).hasSizeLessThan(30);
      return failure;
    }
  }

  private static String accounted(String scripted, FakeCa ca) {
    return scripted.isEmpty()
        ? FakeCa.answer(201, "Location: " + ca.url("/account/1") + "\r\n", "{}")
        : scripted;
  }

  private static String problem(int status, String fields, String type, String detail) {
    return FakeCa.answer(
        status,
        "Content-Type: application/problem+json\r\n" + fields,
        "{\"type\":\"urn:ietf:params:acme:error:" + type + "\",\"detail\":\"" + detail + "\"}");
  }

  @Test
  void aLimitIsToldWithTheWaitThatTheCaAsksFor() throws Exception {
    AcmeFailure failure =
        order(
            (line, body) ->
                line.equals("POST /order")
                    ? problem(429, "Retry-After: 7200\r\n", "rateLimited", "too many\\u001b[31m!")
                    : "");
    assertThat(failure.type()).isEqualTo("rateLimited");
    assertThat(failure.retryAfter()).contains(Duration.ofHours(2));
    assertThat(failure.why()).isEqualTo("rateLimited (newOrder): too many [31m!");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("account.pem"))))
        .isEqualTo("rw-------");
  }

  @Test
  void nonceAfterNonceThatIsNotTakenEndsTheOrder() throws Exception {
    AcmeFailure failure = order((line, body) -> problem(400, "", "badNonce", "once more"));
    assertThat(failure.type()).isEqualTo("badNonce");
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    AcmeFailure failure =
        order((line, body) -> FakeCa.answer(201, "", "x".repeat(AcmeHttp.MAX_ANSWER_BYTES + 1)));
    assertThat(failure.why()).contains("no answer from https://localhost");
  }

  @Test
  void whatIsNoJsonOrNoObjectOrTooDeepIsTold() throws Exception {
    for (String body : List.of("<html>", "[]", "{\"a\":" + "[".repeat(50), "{\"status\":")) {
      AcmeFailure failure =
          order(
              (line, sent) ->
                  line.equals("POST /order")
                      ? FakeCa.answer(201, "Location: $URL/order/1\r\n", body)
                      : "");
      assertThat(failure.why()).as(body).contains("the CA's ");
    }
  }

  @Test
  void urlsThatAreNotHttpsAreNotAsked() throws Exception {
    for (String url : List.of("http://127.0.0.1:1/x", "file:///etc/passwd", "nonsense", "")) {
      AcmeFailure failure =
          order(
              (line, sent) ->
                  line.equals("POST /order")
                      ? FakeCa.answer(
                          201,
                          "Location: $URL/order/1\r\n",
                          "{\"authorizations\":[\"" + url + "\"]}")
                      : "");
      assertThat(failure.why()).as(url).contains("the CA names a URL that is not https");
    }
  }

  private AcmeFailure authorization(String json) throws Exception {
    return order(
        (line, sent) ->
            switch (line) {
              case "POST /order" ->
                  FakeCa.answer(
                      201, "Location: $URL/order/1\r\n", "{\"authorizations\":[\"$URL/authz/1\"]}");
              case "POST /authz/1" -> FakeCa.answer(200, "", json);
              case "POST /chall/1" -> FakeCa.answer(200, "", "{}");
              default -> "";
            });
  }

  @Test
  void challengesThatAreMalformedOrForOtherNamesAreNotAnswered() throws Exception {
    String good =
        "{\"status\":\"pending\",\"identifier\":{\"type\":\"dns\",\"value\":\"shop.test\"},"
            + "\"challenges\":[{\"type\":\"http-01\",\"url\":\"https://localhost:1/x\",\"token\":\""
            + TOKEN
            + "\"}]}";
    assertThat(authorization(good.replace("shop.test", "evil.test")).why())
        .contains("a name proved that was not ordered");
    assertThat(authorization(good.replace(TOKEN, "../../x")).why())
        .contains("challenge is malformed: a token");
    assertThat(authorization(good.replace("http-01", "dns-01")).why())
        .contains("offers none of the challenges");
    assertThat(authorization(good.replace("pending", "revoked")).why()).contains("as revoked");
    assertThat(published).isEmpty();
    assertThat(authorization(good).why()).contains("no answer from https://localhost:1/x");
    assertThat(withdrawn).as("it is taken back when the order fails").isEqualTo(published);
    assertThat(published).hasSize(1);
  }

  /** An order that stays pending, at whose first look something happens. */
  private AcmeFailure pending(Runnable atTheFirstLook) throws Exception {
    List<String> looks = new ArrayList<>();
    return order(
        (line, sent) ->
            switch (line) {
              case "POST /order" ->
                  FakeCa.answer(
                      201, "Location: $URL/order/1\r\n", "{\"authorizations\":[\"$URL/authz/1\"]}");
              case "POST /authz/1" -> FakeCa.answer(200, "", "{\"status\":\"valid\"}");
              case "POST /order/1" -> {
                if (looks.isEmpty()) {
                  atTheFirstLook.run();
                }
                looks.add(line);
                yield FakeCa.answer(
                    200,
                    "",
                    "{\"status\":\"" + (looks.size() > 1 ? "invalid" : "processing") + "\"}");
              }
              default -> "";
            });
  }

  @Test
  void aClockThatIsSetForwardWhileAnOrderIsUnderWayDoesNotEndIt() throws Exception {
    assertThat(pending(() -> setByMillis.addAndGet(3_600_000)).why())
        .isEqualTo("the CA has the order as invalid");
  }

  @Test
  void aClockThatIsSetBackDoesNotLetAnOrderGoOnForLonger() throws Exception {
    assertThat(
            pending(
                    () -> {
                      setByMillis.addAndGet(-3_600_000);
                      passedNanos.addAndGet(AcmeClient.ORDER_TIME.toNanos());
                    })
                .why())
        .isEqualTo("the CA has the order still as processing after 300 s");
  }
}
