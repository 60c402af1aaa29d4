package io.landfall.checks.lab;

import java.nio.file.Path;
import java.util.List;

/** OpenBGPD as an upstream router. */
final class OpenBgpd implements UpstreamRouter {
  private final NetworkNamespace namespace;
  private final Path socket;
  private final LabProcess process;

  OpenBgpd(NetworkNamespace namespace, Path dir) {
    this.namespace = namespace;
    this.socket = dir.resolve("bgpd.sock");
    Path config =
        UpstreamRouter.write(
            dir.resolve("openbgpd.conf"),
            List.of(
                "AS 64500",
                "router-id 192.0.2.1",
                "socket \"" + socket + "\"",
                "fib-update no",
                "listen on 192.0.2.1",
                "network 0.0.0.0/0",
                "network 203.0.113.0/24",
                "neighbor 192.0.2.2 {",
                "  remote-as 64496",
                "  descr \"node\"",
                "  tcp md5sig password \"" + MD5_KEY + "\"",
                "  ttl-security yes",
                "}",
                "allow from any",
                "allow to any"));
    // It changes its root to /run/openbgpd. The namespace has mounts of its own, so the folder is
    // made there and the machine's /run is left alone.
    String start =
        "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v -f "
            + config;
    process = namespace.start("openbgpd", dir, List.of("sh", "-c", start));
    Await.until("OpenBGPD answers", () -> ask("show").contains("node"), process::output);
  }

  private String ask(String... words) {
    String[] command = new String[3 + words.length];
    command[0] = "/usr/sbin/bgpctl";
    command[1] = "-s";
    command[2] = socket.toString();
    System.arraycopy(words, 0, command, 3, words.length);
    return namespace.run(command);
  }

  @Override
  public String route(String prefix) {
    return ask("show", "rib", "detail", prefix);
  }

  @Override
  public String pathWord() {
    return "\n    64496\n";
  }

  @Override
  public String gracefulShutdownWord() {
    return "GRACEFUL_SHUTDOWN";
  }

  @Override
  public String log() {
    return ask("show", "neighbor") + process.output();
  }
}
