package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authorization by nginx: passwords as it checks them, and redirects to where one logs in. */
class AuthorizationLab {
  @TempDir Path dir;

  @Test
  void nginxLetsRequestsGoOnAndRefusesOthers() throws IOException {
    LabRequirements.require("ip-netns-root", "nginx", "curl");
    CertificateAuthority ca = CertificateAuthority.generate("lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    try (var namespace = NetworkNamespace.create("auth", "fra")) {
      nginx(namespace);
      BfdSite fra = node(namespace, ca);
      Await.until(
          "the services are up",
          () -> fra.show("services").split("\"healthy\":true", -1).length == 4,
          () -> fra.show("services"));

      assertThat(get(namespace, "app"))
          .startsWith("HTTP/1.1 401 ")
          .containsIgnoringCase("www-authenticate: Basic realm=\"lab\"")
          .contains("401 Authorization Required");
      assertThat(get(namespace, "app", "-u", "ann:wrong")).startsWith("HTTP/1.1 401 ");
      assertThat(get(namespace, "app", "-u", "ann:secret", "-H", "X-User: root"))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("user=ann uri=/a?b=c");
      assertThat(get(namespace, "app", "-u", "ann:secret", "--http2-prior-knowledge"))
          .startsWith("HTTP/2 200 ")
          .endsWith("user=ann uri=/a?b=c");
      assertThat(get(namespace, "app", "-u", "ann:secret", "-d", "x".repeat(10_000)))
          .as("a body")
          .contains("user=ann");
      assertThat(get(namespace, "login"))
          .startsWith("HTTP/1.1 302 ")
          .containsIgnoringCase("location: https://login.lab/?to=login.test/a?b=c");
      assertThat(get(namespace, "broken"))
          .startsWith("HTTP/1.1 503 ")
          .contains("AUTHORIZATION_FAILED");
    }
  }

  private static String get(NetworkNamespace namespace, String service, String... more) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/usr/bin/curl", "-si", "-m", "10", "-H", "Host: " + service + ".test"));
    command.addAll(List.of(more));
    command.add("127.0.0.1:8080/a?b=c");
    return namespace.run(command.toArray(String[]::new));
  }

  private void nginx(NetworkNamespace namespace) throws IOException {
    Files.writeString(dir.resolve("users"), "ann:{PLAIN}secret\n");
    Files.writeString(dir.resolve("ok.txt"), "ok");
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        user root;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.err;
        events {}
        http {
          access_log off;
          server {
            listen 127.0.0.1:9000;
            root %1$s;
            location = /check {
              auth_basic lab;
              auth_basic_user_file %1$s/users;
              add_header X-User $remote_user;
              try_files /ok.txt =404;
            }
            location = /login {
              return 302 https://login.lab/?to=$http_x_forwarded_host$http_x_forwarded_uri;
            }
            location = /broken { return 500; }
          }
          server {
            listen 127.0.0.1:9001;
            location / { return 200 "user=$http_x_user uri=$request_uri"; }
          }
        }
        """
            .formatted(dir));
    namespace.start("nginx", dir, List.of("/usr/sbin/nginx", "-c", config.toString()));
  }

  private BfdSite node(NetworkNamespace namespace, CertificateAuthority ca) throws IOException {
    StringBuilder services = new StringBuilder("services:\n");
    List<String> names = List.of("app", "login", "broken");
    for (String name : names) {
      services.append(
          """
            %1$s:
              identity: 10.32.1.%2$d
              hosts: [%1$s.test]
              backends: ["http://127.0.0.1:9001"]
              probe: {tcp: true, interval: 1s, timeout: 900ms, rise: 1}
              authorization:
                url: "http://127.0.0.1:9000/%3$s"
                response-fields: [X-User]
          """
              .formatted(name, 1 + names.indexOf(name), name.equals("app") ? "check" : name));
    }
    return BfdSite.start(
            namespace,
            dir,
            ca,
            new BfdSite.Named("fra", 1, names),
            """
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
            """
                + services)
        .awaitStart();
  }
}
