package io.landfall.lab.internet;

import io.landfall.lab.LabPlan;
import io.landfall.lab.host.BirdControl;
import io.landfall.lab.host.ChildProcess;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A running BIRD: a site's upstream router, asked through its control socket as an operator would.
 *
 * @param process the daemon
 * @param control its control socket
 */
record Router(ChildProcess process, BirdControl control) {
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final int RECEIVED = 2;

  /** What birdc says. */
  String ask(String query) {
    return control.ask(query);
  }

  /**
   * Where the router sends packets for the anycast prefix: the name of the protocol that its best
   * route is from, such as {@code site}; empty when it has none.
   */
  String best() {
    return ask("show route primary " + LabPlan.ANYCAST)
        .lines()
        .filter(line -> line.contains("["))
        .map(line -> line.substring(line.indexOf('[') + 1).split("[\\s\\]]", 2)[0])
        .findFirst()
        .orElse("");
  }

  /** How many paths to the anycast prefix it knows. */
  long paths() {
    return ask("show route " + LabPlan.ANYCAST).lines().filter(line -> line.contains("[")).count();
  }

  /** All prefixes in its table. */
  List<String> prefixes() {
    return ask("show route")
        .lines()
        .filter(line -> !line.isEmpty() && Character.isDigit(line.charAt(0)))
        .map(line -> SPACES.split(line)[0])
        .distinct()
        .toList();
  }

  /** The announcements and withdrawals that a protocol's neighbour has ever sent. */
  long updatesFrom(String protocol) {
    return ask("show protocols all " + protocol)
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Import updates:") || line.startsWith("Import withdraws:"))
        .mapToLong(line -> Long.parseLong(SPACES.split(line)[RECEIVED]))
        .sum();
  }
}
