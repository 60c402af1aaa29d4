package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.e2e.TakeoverClients;
import io.landfall.testkit.Await;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The installed package below a real systemd: what its unit promises, and the steps of the pages.
 */
final class UnitOfPackage {
  private static final String CONFIG = "/etc/landfall/node.yaml";
  private static final String BLOCKING = "/etc/systemd/system/landfall.service.d/blocking.conf";
  private static final int RESTARTS = 2;
  private static final Duration LONG = Duration.ofSeconds(90);

  /** All that touches the machine, each in a place that the unit makes for it. */
  private static final String MORE =
      """
      access-log: {file: /var/log/landfall/access.log}
      cache: {memory: 16MiB, disk: {path: /var/cache/landfall/disk, size: 128MiB}, purge-log: /var/lib/landfall/purges}
      """;

  private final SystemdMachine machine;
  private final InetSocketAddress clients;
  private final String config;

  /**
   * That of this machine.
   *
   * @param config a whole config whose one service has a probe of TCP
   * @param clients where it listens for HTTP
   */
  UnitOfPackage(SystemdMachine machine, String config, InetSocketAddress clients) {
    this.machine = machine;
    this.clients = clients;
    this.config =
        config.replace(
                "probe: {tcp: true,",
                "cache: {}\n    probe: {exec: [\"/bin/sh\", \"-c\", \"exit 0\"],")
            + MORE;
    assertThat(this.config)
        .as("with another probe")
        .contains("exec: ", "interval: 500ms", "cache: {}");
  }

  /** From the first start to the last stop. */
  void holds() {
    machine.write(CONFIG, config);
    theCheckOfItsUserWarnsOfThePortOnly();
    machine.must("systemctl", "start", "landfall");
    assertThat(machine.unit("ActiveState")).isEqualTo("active");
    assertThat(machine.must("stat", "-c", "%U %G %a", "/run/landfall/landfall.sock"))
        .isEqualTo("landfall landfall-admin 660\n");
    await("it serves", this::serves);
    await("its log is written", () -> accessLog().contains("\"status\":200"));
    reloads();
    logIsRotated();
    isTakenOverAndSupervised();
    restartsWithTheSocketsOfSystemd();
  }

  private boolean serves() {
    return TakeoverClients.serves(clients, "shop.example");
  }

  private String accessLog() {
    return machine.run("cat", "/var/log/landfall/access.log").text();
  }

  private void await(String what, BooleanSupplier condition) {
    Await.until(LONG, what, condition, machine::journal);
  }

  /** The port is below 1024, and the check has not the unit's capability. */
  private void theCheckOfItsUserWarnsOfThePortOnly() {
    assertThat(machine.must("runuser", "-u", "landfall", "--", "landfall", "check", CONFIG))
        .containsOnlyOnce("warning: ")
        .contains("was not tried: this process may not bind a port below 1024");
  }

  private void reloads() {
    machine.write(CONFIG, config.replace("interval: 500ms", "interval: 700ms"));
    machine.must("systemctl", "reload", "landfall");
    assertThat(machine.must("landfall", "show", "configuration")).contains("generation 2 ");
    machine.write(CONFIG, config + "no-such-key: true\n");
    assertThat(machine.run("systemctl", "reload", "landfall").succeeded()).isFalse();
    assertThat(machine.journal()).contains("no-such-key");
    assertThat(machine.unit("ActiveState")).isEqualTo("active");
    machine.write(CONFIG, config.replace("interval: 500ms", "interval: 700ms"));
  }

  private void logIsRotated() {
    machine.must("logrotate", "--force", "/etc/logrotate.d/landfall");
    await("requests are in the new file", () -> serves() && accessLog().lines().count() > 0);
    assertThat(machine.must("ls", "/var/log/landfall")).contains("access.log.1");
  }

  /**
   * A process that has taken over is systemd's child, and so it is stopped as the one before would
   * be, and started anew when it dies.
   */
  private void isTakenOverAndSupervised() {
    takeOver();
    machine.must("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "landfall");
    await("it is started anew", () -> machine.unit("NRestarts").equals("1") && serves());
    await("it is ready", () -> machine.unit("ActiveState").equals("active"));
    takeOver();
    machine.must("systemctl", "stop", "landfall");
    assertThat(machine.unit("Result")).isEqualTo("success");
    assertThat(machine.unit("ExecMainStatus")).isEqualTo("0");
    assertThat(machine.journal().lines().filter(line -> line.contains("node down")))
        .as("of two that were taken over from, and the last one")
        .hasSize(3);
  }

  private void takeOver() {
    String before = machine.unit("MainPID");
    try (TakeoverClients load = new TakeoverClients()) {
      load.start(clients, "shop.example");
      await("clients are served", () -> load.answered.get() > 10);
      machine.must("systemctl", "kill", "--kill-whom=main", "--signal=WINCH", "landfall");
      await("there is a new main process", () -> !machine.unit("MainPID").equals(before));
      long answered = load.answered.get();
      await("it serves", () -> load.answered.get() > answered + 10);
      load.stop();
      assertThat(load.failures).as(machine.journal()).isEmpty();
    }
    assertThat(machine.must("ps", "-o", "ppid=", "-p", machine.unit("MainPID")).strip())
        .isEqualTo("1");
    await("the one before has ended", () -> !alive(before));
  }

  private boolean alive(String process) {
    return machine.run("kill", "-0", process).succeeded();
  }

  private void restartsWithTheSocketsOfSystemd() {
    String address = clients.getAddress().getHostAddress();
    machine.write(
        "/etc/systemd/system/landfall.socket",
        "[Socket]\nListenStream=%s:80\nListenStream=%s:81\nFreeBind=yes\nBacklog=4096\n"
            .formatted(address, address));
    machine.must("mkdir", "/etc/systemd/system/landfall.service.d");
    machine.write(BLOCKING, "[Service]\nNonBlocking=no\n");
    machine.must("systemctl", "daemon-reload");
    machine.must("systemctl", "start", "landfall.socket");
    assertThat(machine.run("systemctl", "start", "landfall").succeeded()).isFalse();
    assertThat(machine.journal())
        .contains("edge.listen", "LISTEN_FDS: ", "NonBlocking=yes")
        .doesNotContain("stop the process that has it");
    machine.must("rm", BLOCKING);
    machine.must("systemctl", "daemon-reload");
    machine.must("systemctl", "restart", "landfall");
    assertThat(machine.journal())
        .contains("the service manager listens for clients")
        .contains("listens at " + address + ":81, where this node does not");
    takeOver();
    try (TakeoverClients load = new TakeoverClients()) {
      load.startRenewing(clients, "shop.example");
      for (int i = 0; i < RESTARTS; i++) {
        long before = load.answered.get();
        await("clients are served", () -> load.answered.get() > before + 10);
        machine.must("systemctl", "restart", "landfall");
      }
      long before = load.answered.get();
      await("clients are served again", () -> load.answered.get() > before + 10);
      load.stop();
      assertThat(load.failures).as(machine.journal()).isEmpty();
    }
  }
}
