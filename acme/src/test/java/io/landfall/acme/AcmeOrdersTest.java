package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.trust.Credentials;
import io.landfall.trust.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When certificates are ordered, and what is kept of that. */
class AcmeOrdersTest {
  private static final Duration LIFETIME = Duration.ofDays(90);

  @TempDir Path folder;
  private final CertificateAuthority ca = CertificateAuthority.generate("t", 1_000_000_000_000L);
  private Instant now = Instant.ofEpochMilli(1_000_000_000_000L).plus(Duration.ofDays(1));
  private final List<String> ordered = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final List<WantedCertificate> issued = new ArrayList<>();
  private Optional<RuntimeException> fault = Optional.empty();
  private Optional<AcmeFailure> failure = Optional.empty();
  private WantedCertificate shop;

  private final AcmeOrders.Listener listener =
      new AcmeOrders.Listener() {
        @Override
        public void issued(WantedCertificate wanted) {
          issued.add(wanted);
        }

        @Override
        public void broken(RuntimeException fault) {
          throw fault;
        }

        @Override
        public void failed(WantedCertificate wanted, String why, Instant next) {
          failed.add(wanted.names() + " " + why + " " + Duration.between(now, next).toSeconds());
        }
      };

  @BeforeEach
  void wanted() {
    shop =
        new WantedCertificate(
            List.of("shop.test"), CertificateKeys.ECDSA_P256, folder.resolve("acme/shop.pem"));
  }

  private AcmeOrders orders(WantedCertificate... wanted) {
    return new AcmeOrders(
        List.of(wanted),
        Optional.empty(),
        this::order,
        listener,
        (InstantSource) () -> now,
        () -> 0);
  }

  private String order(List<String> names, CertificateKeys kind) throws AcmeFailure {
    ordered.add(names.getFirst());
    if (fault.isPresent()) {
      throw fault.get();
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    CertificateRequest request =
        CertificateRequest.site(names, now.toEpochMilli(), LIFETIME.toMillis())
            .withValidity(now.toEpochMilli(), now.plus(LIFETIME).toEpochMilli());
    Credentials made = ca.issue(request);
    try {
      return Pem.format("PRIVATE KEY", made.key().getEncoded())
          + Pem.format("CERTIFICATE", made.certificate().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aMissingOneIsOrderedAtOnceAndAgainWhenAThirdIsLeft() throws Exception {
    AcmeOrders orders = orders(shop);
    assertThat(orders.statuses().getFirst().isIssued()).isFalse();
    orders.step();
    assertThat(issued).containsExactly(shop);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.file())))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.file().getParent())))
        .isEqualTo("rwx------");
    AcmeOrders.Status status = orders.statuses().getFirst();
    assertThat(status.isIssued()).isTrue();
    assertThat(status.next()).isEqualTo(now.plus(Duration.ofDays(60)));
    assertThat(status.counts()).isEqualTo(new AcmeOrders.Counts(1, 0));
    orders.step();
    orders(shop).step();
    assertThat(ordered).as("nor after a restart").hasSize(1);
    now = status.next();
    orders.step();
    assertThat(ordered).hasSize(2);
  }

  @Test
  void aFailureIsToldAndTriedAgainLaterAndTheOthersDoNotWait() throws Exception {
    failure = Optional.of(new AcmeFailure("no", "rateLimited", Optional.of(Duration.ofHours(3))));
    WantedCertificate other =
        new WantedCertificate(
            List.of("b.test"), CertificateKeys.RSA_2048, folder.resolve("acme/b.pem"));
    AcmeOrders orders = orders(shop, other);
    orders.step();
    assertThat(ordered).containsExactly("shop.test", "b.test");
    assertThat(failed).containsExactly("[shop.test] no 10800", "[b.test] no 10800");
    assertThat(orders.statuses().getFirst().why()).isEqualTo("no");
    now = now.plus(Duration.ofHours(2));
    orders(shop, other).step();
    assertThat(ordered).as("a restart does not shorten the wait").hasSize(2);
    failure = Optional.empty();
    now = now.plus(Duration.ofHours(1));
    orders.step();
    assertThat(orders.statuses().getFirst().why()).isEmpty();
    assertThat(orders.statuses().getFirst().counts()).isEqualTo(new AcmeOrders.Counts(1, 1));
  }

  @Test
  void aLookReadsEachCertificateAFewTimesHoweverManyThereAre() throws Exception {
    List<WantedCertificate> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      many.add(
          new WantedCertificate(
              List.of("n" + i + ".test"),
              CertificateKeys.ECDSA_P256,
              folder.resolve("acme/n" + i + ".pem")));
    }
    // The clock is asked for each certificate that is read.
    AtomicInteger asked = new AtomicInteger();
    AcmeOrders orders =
        new AcmeOrders(
            many,
            Optional.empty(),
            this::order,
            listener,
            () -> {
              asked.incrementAndGet();
              return now;
            },
            () -> 0);
    orders.step();
    assertThat(issued).hasSize(many.size());
    asked.set(0);
    orders.step();
    assertThat(asked).hasValueLessThan(5 * many.size());
  }

  @Test
  void aFaultOfThisProgramIsAFailureToo() throws Exception {
    fault = Optional.of(new IllegalStateException("oops"));
    orders(shop).step();
    assertThat(failed.getFirst()).contains("a fault: oops");
  }

  @Test
  void noMoreIsOrderedThanADayHasThoughTheProcessStartsAnew() throws Exception {
    failure = Optional.of(new AcmeFailure("no"));
    Instant until = now.plus(Duration.ofHours(23));
    while (now.isBefore(until)) {
      orders(shop).step();
      now = now.plus(Duration.ofMinutes(10));
    }
    assertThat(ordered).hasSizeBetween(5, OrderHistory.MAX_ORDERS_A_DAY);
    failure = Optional.empty();
    int failures = ordered.size();
    for (int i = 0; i < 100; i++) {
      Files.deleteIfExists(shop.file());
      now = now.plus(Duration.ofSeconds(1));
      orders(shop).step();
    }
    assertThat(ordered.size())
        .as("of whoever removes the file all the time")
        .isLessThanOrEqualTo(OrderHistory.MAX_ORDERS_A_DAY + failures);
    assertThat(ordered.size() - failures).isLessThanOrEqualTo(OrderHistory.MAX_ORDERS_A_DAY);
  }

  @Test
  void whereNothingCanBeWrittenNothingIsOrdered() throws Exception {
    Files.writeString(folder.resolve("acme"), "a file where the folder should be");
    AcmeOrders orders = orders(shop);
    orders.step();
    orders.step();
    assertThat(ordered).isEmpty();
    assertThat(failed).as("and it is not tried without end").hasSize(1);
    assertThat(failed.getFirst()).contains("its file: ");
  }

  @Test
  void aDamagedFileIsOrderedAnew() throws Exception {
    Files.createDirectories(shop.file().getParent());
    Files.writeString(shop.file(), "-----BEGIN CERTIFICATE-----\n");
    orders(shop).step();
    assertThat(issued).containsExactly(shop);
  }
}
