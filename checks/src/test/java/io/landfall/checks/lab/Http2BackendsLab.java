package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends over HTTP/2 that others wrote: nginx with prior knowledge and by ALPN, and none. */
class Http2BackendsLab {
  private static final String NAME = "app.internal";
  private static final long HOUR_MILLIS = 3_600_000;

  /** More than nginx takes on one connection, so that its GOAWAY comes in between. */
  private static final int REQUESTS = 12;

  @TempDir Path dir;
  private final StringBuilder services = new StringBuilder("services:\n");
  private final List<String> entitled = new ArrayList<>();

  @Test
  void nginxIsAskedOverHttp2AndWhatDoesNotChooseItIs502() throws IOException {
    LabRequirements.require("ip-netns-root", "nginx", "openssl", "curl");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    CertificateAuthority.save(
        ca.issue(CertificateRequest.site(List.of(NAME), System.currentTimeMillis(), HOUR_MILLIS)),
        dir.resolve("good.pem"),
        dir.resolve("good.key"));
    try (var namespace = NetworkNamespace.create("h2b", "fra")) {
      nginx(namespace);
      namespace.start(
          "s_server",
          dir,
          List.of(
              "/usr/bin/openssl",
              "s_server",
              "-accept",
              "127.0.0.1:9004",
              "-cert",
              dir.resolve("good.pem").toString(),
              "-key",
              dir.resolve("good.key").toString(),
              "-www"));
      service("noalpn", "https", 9004);
      BfdSite fra = node(namespace, ca);
      Await.until(
          "each is probed",
          () -> fra.show("services").split("\"healthy\":true", -1).length - 1 == 3,
          () -> fra.show("services"));
      for (String service : List.of("plain", "secure")) {
        for (int i = 0; i < REQUESTS; i++) {
          assertThat(get(namespace, service))
              .as(service)
              .endsWith("over HTTP/2.0 for " + service + ".test");
          assertThat(get(namespace, service, "-d", "body"))
              .as(service)
              .endsWith(" for " + service + ".test");
        }
      }
      // The probe offers what requests offer, and nginx refuses it; OpenSSL's server does not look.
      assertThat(fra.show("services"))
          .contains("TLS handshake: TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
      assertThat(get(namespace, "http1")).startsWith("HTTP/1.1 503 ").contains("NO_SITE");
      assertThat(get(namespace, "noalpn")).contains("502 Bad Gateway").contains("ALPN_REFUSED");
    }
  }

  private static String get(NetworkNamespace namespace, String service, String... more) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/curl", "-si", "-m", "10"));
    command.addAll(List.of(more));
    command.addAll(List.of("-H", "Host: " + service + ".test", "127.0.0.1:8080/"));
    return namespace.run(command.toArray(new String[0]));
  }

  private void nginx(NetworkNamespace namespace) throws IOException {
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          keepalive_requests 5;
          ssl_certificate %1$s/good.pem;
          ssl_certificate_key %1$s/good.key;
          server { listen 127.0.0.1:9001 http2; server_name plain.test; include %1$s/answer; }
          server { listen 127.0.0.1:9002 ssl http2; server_name secure.test; include %1$s/answer; }
          server { listen 127.0.0.1:9003 ssl; include %1$s/answer; }
        }
        """
            .formatted(dir));
    Files.writeString(
        dir.resolve("answer"), "location / { return 200 \"over $server_protocol for $host\"; }\n");
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
    service("plain", "http", 9001);
    service("secure", "https", 9002);
    service("http1", "https", 9003);
  }

  private void service(String name, String scheme, int port) {
    entitled.add(name);
    services.append(
        """
          %1$s:
            identity: 10.32.1.%2$d
            hosts: [%1$s.test]
            backends: [{url: "%3$s://127.0.0.1:%4$d", protocol: h2}]
            probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
        """
            .formatted(name, entitled.size(), scheme, port));
    if (scheme.equals("https")) {
      services.append("    backend-tls: {ca: ca.pem, name: " + NAME + "}\n");
    }
  }

  private BfdSite node(NetworkNamespace namespace, CertificateAuthority ca) throws IOException {
    return BfdSite.start(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, entitled),
            """
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            """
                + services)
        .awaitStart();
  }
}
