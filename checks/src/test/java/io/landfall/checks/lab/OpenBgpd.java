package io.landfall.checks.lab;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** OpenBGPD as an upstream router with GTSM. */
final class OpenBgpd implements UpstreamRouter {
  private final NetworkNamespace namespace;
  private final Path socket;
  private final ChildProcess process;

  OpenBgpd(Setup setup) {
    this.namespace = setup.namespace();
    Path dir = setup.dir();
    this.socket = dir.resolve("bgpd.sock");
    String role =
        setup.role().isEmpty()
            ? ""
            : "  announce policy "
                + (setup.role().equals("rs-server") ? "rs" : setup.role())
                + (setup.strict() ? " enforce" : "");
    List<String> lines =
        new ArrayList<>(
            setup
                .page()
                .map(text -> text.lines().toList())
                .orElse(
                    List.of(
                        "AS 64500",
                        "router-id 192.0.2.1",
                        "listen on 192.0.2.1",
                        "network 0.0.0.0/0",
                        "network 203.0.113.0/24",
                        "neighbor 192.0.2.2 {",
                        "  remote-as 64496",
                        "  descr \"node\"",
                        "  tcp md5sig password \"" + MD5_KEY + "\"",
                        "  ttl-security yes",
                        role,
                        "}",
                        "allow from any",
                        "allow to any")));
    // What a lab needs of any config: a socket in its folder, and the kernel's table left alone.
    lines.addAll(1, List.of("socket \"" + socket + "\"", "fib-update no"));
    Path config = UpstreamRouter.write(dir.resolve("openbgpd.conf"), lines);
    // It changes its root to /run/openbgpd. The namespace has mounts of its own, so the folder is
    // made there and the machine's /run is left alone.
    String start =
        "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/openbgpd && exec /usr/sbin/bgpd -d -v -f "
            + config;
    process = namespace.start("openbgpd", dir, List.of("sh", "-c", start));
    Await.until(
        "OpenBGPD answers", () -> ask("show", "neighbor").contains("192.0.2.2"), process::output);
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
  public String path(int times) {
    return "\n    " + String.join(" ", Collections.nCopies(times, "64496")) + "\n";
  }

  @Override
  public List<String> communityWords() {
    return List.of("64500:100", "64500:1:2");
  }

  @Override
  public ChildProcess process() {
    return process;
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
