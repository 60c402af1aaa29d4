package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificates by ACME of Pebble, the test CA of Let's Encrypt: one node orders them, and all names
 * resolve to the other one, where every request and handshake of the CA lands. Pebble rejects three
 * of ten good nonces.
 */
class AcmeLab {
  private static final long DAY_MILLIS = 86_400_000;
  private static final Duration WAIT = Duration.ofMinutes(2);

  /** The lifetime of the CA's certificates; they are renewed when a third is left. */
  private static final int LIFETIME_SECONDS = 45;

  private static final String OVERLAY =
      """
      overlay: {block: 10.32.0.0/23, listen: "%s:8443", candidates: ["%s:8443"]}
      """;

  /** The node that orders. */
  private static final String ORDERS =
      """
      edge:
        acme:
          directory: https://localhost:14000/dir
          folder: acme
          accept-terms: true
          ca: ca.pem
          challenges: [CHALLENGE]
        listen:
          - {address: "127.0.0.1:80"}
          - address: "127.0.0.1:443"
            tls:
              certificates:
                - {certificate: site.pem, key: site.key}
                - {acme: [shop.test, www.shop.test]}
                - {acme: [nowhere.test], key-type: rsa-2048}
      services:
        shop:
          identity: 10.32.1.1
          hosts: [shop.test, www.shop.test]
          redirects: [{to-https: true}]
          backends: ["http://127.0.0.1:9001"]
          probe: {tcp: true, interval: 500ms, rise: 1}
      """;

  /** The node to which all names resolve: it redirects what is not https, and orders nothing. */
  private static final String LANDS =
      """
      edge:
        listen:
          - {address: "127.0.0.2:80"}
          - {address: "127.0.0.2:443", tls: {certificate: site.pem, key: site.key}}
      services:
        shop:
          identity: 10.32.1.1
          hosts: [shop.test, www.shop.test]
          redirects: [{to-https: true}]
      """;

  @TempDir Path dir;
  private CertificateAuthority ca;

  @BeforeEach
  void certificates() throws IOException {
    LabRequirements.require("ip-netns-root", "pebble", "curl", "openssl", "python3");
    ca = BfdSite.authority(dir);
    site("site", "other.test");
    site("pebble", "localhost");
  }

  private void site(String file, String name) throws IOException {
    CertificateAuthority.save(
        ca.issue(CertificateRequest.site(List.of(name), System.currentTimeMillis(), DAY_MILLIS)),
        dir.resolve(file + ".pem"),
        dir.resolve(file + ".key"));
  }

  @Test
  void requestsOfTheCaThatLandAtAnotherNodeAreAnsweredAndRenewalsFailNoRequest()
      throws IOException {
    try (var namespace = NetworkNamespace.create("acmeh", "fra")) {
      ChildProcess pebble = pebble(namespace);
      BfdSite orders = issued(namespace, "http-01", pebble);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate())))
          .isEqualTo("rw-------");
      String first = serial(namespace);
      Await.until(
          WAIT,
          "the certificate is renewed, and every request before is answered",
          () -> {
            assertThat(status(namespace)).as(orders.output()).isEqualTo("200");
            return !serial(namespace).equals(first);
          },
          () -> orders.show("tls") + orders.output() + pebble.output());
      assertThat(status(namespace)).isEqualTo("200");
      Await.until(
          WAIT,
          "what the CA refuses is told",
          () -> orders.show("tls").contains("nowhere.test") && refused(orders),
          () -> orders.show("tls") + pebble.output());
      assertThat(orders.show("status")).contains("certificate for nowhere.test not issued yet");
    }
  }

  @Test
  void handshakesOfTheCaThatLandAtAnotherNodeAreAnswered() throws IOException {
    try (var namespace = NetworkNamespace.create("acmet", "fra")) {
      ChildProcess pebble = pebble(namespace);
      BfdSite orders = issued(namespace, "tls-alpn-01", pebble);
      Await.until(
          WAIT,
          "it was this kind of challenge",
          () -> orders.show("tls").contains("(tls-alpn-01 of nowhere.test)"),
          () -> orders.show("tls") + pebble.output());
      String other = namespace.run("/bin/sh", "-c", hello("shop.test", "acme-tls/1"));
      assertThat(other).as("no challenge is pending any more").contains("alert");
    }
  }

  private static boolean refused(BfdSite orders) {
    return orders.show("tls").contains("\"problem\":\"connection (http-01 of nowhere.test)");
  }

  private static String hello(String name, String protocol) {
    return "echo Q | openssl s_client -connect 127.0.0.2:443 -servername "
        + name
        + " -alpn "
        + protocol
        + " 2>&1";
  }

  /** Starts both nodes and waits until the first serves a certificate of the CA. */
  private BfdSite issued(NetworkNamespace namespace, String challenge, ChildProcess pebble)
      throws IOException {
    List<String> services = List.of("shop");
    BfdSite lands =
        BfdSite.startWith(
            namespace,
            dir,
            ca,
            new BfdSite.Named("nyc", 2, services),
            OVERLAY.formatted("127.0.0.2", "127.0.0.1") + LANDS);
    lands.awaitStart();
    BfdSite orders =
        BfdSite.startWith(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, services),
            OVERLAY.formatted("127.0.0.1", "127.0.0.2") + ORDERS.replace("CHALLENGE", challenge));
    orders.awaitStart();
    Await.until(
        WAIT,
        "a certificate of the CA is served",
        () -> status(namespace).equals("200"),
        () -> orders.show("tls") + orders.output() + lands.output() + pebble.output());
    return orders;
  }

  private ChildProcess pebble(NetworkNamespace namespace) throws IOException {
    namespace.start("backend", dir, List.of("/usr/bin/python3", "-m", "http.server", "9001"));
    namespace.start(
        "dns",
        dir,
        List.of(
            "/usr/bin/pebble-challtestsrv",
            "-dns01=127.0.0.1:8053",
            "-management=127.0.0.1:8055",
            "-defaultIPv4=127.0.0.2",
            "-defaultIPv6=",
            "-http01=",
            "-https01=",
            "-tlsalpn01="));
    Path config = dir.resolve("pebble.json");
    Files.writeString(
        config,
        """
        {"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
          "certificate": "%1$s/pebble.pem", "privateKey": "%1$s/pebble.key", "httpPort": 80, "tlsPort": 443,
          "externalAccountBindingRequired": false, "certificateValidityPeriod": %2$d}}
        """
            .formatted(dir, LIFETIME_SECONDS));
    ChildProcess pebble =
        namespace.start(
            "pebble",
            dir,
            List.of(
                "/usr/bin/env",
                "PEBBLE_VA_NOSLEEP=1",
                "PEBBLE_WFE_NONCEREJECT=30",
                "/usr/bin/pebble",
                "-strict",
                "-config",
                config.toString(),
                "-dnsserver",
                "127.0.0.1:8053"));
    Await.until("the CA runs", () -> root(namespace).contains("BEGIN CERTIFICATE"), pebble::output);
    Files.writeString(dir.resolve("roots.pem"), root(namespace));
    Await.until(
        "a name leads to where nothing listens",
        () ->
            namespace
                .run(
                    "/usr/bin/curl",
                    "-s",
                    "-w",
                    "%{http_code}",
                    "-d",
                    "{\"host\":\"nowhere.test\",\"addresses\":[\"127.0.0.9\"]}",
                    "127.0.0.1:8055/add-a")
                .endsWith("200"),
        pebble::output);
    return pebble;
  }

  private static String root(NetworkNamespace namespace) {
    return namespace.run("/usr/bin/curl", "-sk", "https://localhost:15000/roots/0");
  }

  private String status(NetworkNamespace namespace) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/curl",
                "-s",
                "-m",
                "10",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--cacert",
                dir.resolve("roots.pem").toString(),
                "--resolve",
                "www.shop.test:443:127.0.0.1",
                "https://www.shop.test/"));
    String[] lines = namespace.run(command.toArray(new String[0])).split("\n", -1);
    return lines[0].strip();
  }

  private String serial(NetworkNamespace namespace) {
    return namespace.run(
        "/usr/bin/openssl", "x509", "-noout", "-serial", "-in", certificate().toString());
  }

  private Path certificate() {
    try (var files = Files.list(dir.resolve("acme"))) {
      return files
          .filter(each -> each.getFileName().toString().matches("shop\\.test-ecdsa.*\\.pem"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
