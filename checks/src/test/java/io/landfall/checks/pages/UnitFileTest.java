package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the systemd unit of the package says of the node's rights and of its life. {@code
 * systemd-analyze security} gives points, and a capability or two more would still have enough.
 */
class UnitFileTest {
  private static List<String> values(String key) throws IOException {
    return Files.readAllLines(Rooms.root().resolve("packaging/landfall.service")).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  @Test
  void itMayBindLowPortsAndNothingElseThatAUserMayNot() throws IOException {
    assertThat(values("CapabilityBoundingSet")).containsExactly("CAP_NET_BIND_SERVICE");
    assertThat(values("AmbientCapabilities")).containsExactly("CAP_NET_BIND_SERVICE");
    assertThat(values("NoNewPrivileges")).containsExactly("yes");
    assertThat(values("User")).containsExactly("landfall");
    assertThat(values("Group")).containsExactly("landfall");
    assertThat(values("ProtectSystem")).containsExactly("strict");
    assertThat(values("SystemCallFilter"))
        .containsExactly("@system-service", "~@privileged @resources", "@chown");
    assertThat(values("ProcSubset")).as("disks are looked up in /proc/mounts").isEmpty();
  }

  /**
   * ServiceManager reports READY, RELOADING, WATCHDOG and MAINPID, each of which is in vain else.
   */
  @Test
  void itsManagerWaitsForWhatTheNodeReports() throws IOException {
    assertThat(values("Type")).containsExactly("notify");
    assertThat(values("NotifyAccess")).containsExactly("main");
    assertThat(values("WatchdogSec")).containsExactly("30");
    assertThat(values("Restart")).containsExactly("on-failure");
    assertThat(values("ExecStart"))
        .containsExactly("/usr/bin/landfall run -c /etc/landfall/node.yaml");
    assertThat(values("ExecReload")).containsExactly("/usr/bin/landfall reload");
    // Sockets of a landfall.socket are refused else.
    assertThat(values("NonBlocking")).containsExactly("yes");
  }
}
