package io.landfall.checks.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Linux network namespace of a lab: a host with its own interfaces, addresses and routes.
 *
 * <p>Namespaces are named {@code lf-LAB-PID-NUMBER-ROLE}, so that tests that run at the same time
 * on one machine never meet. Closing one kills what was started in it, then deletes it with its
 * interfaces; use try-with-resources. Needs root (see {@link LabRequirements}).
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String name;
  private final List<LabProcess> processes = new ArrayList<>();

  private NetworkNamespace(String name) {
    this.name = name;
  }

  /**
   * Makes a namespace with its loopback interface up.
   *
   * @param lab a short word for the lab, such as {@code ingress}
   * @param role what the host is in it, such as {@code upstream}
   */
  public static NetworkNamespace create(String lab, String role) {
    String name =
        "lf-"
            + lab
            + "-"
            + ProcessHandle.current().pid()
            + "-"
            + NUMBERS.incrementAndGet()
            + "-"
            + role;
    Commands.must("ip", "netns", "add", name);
    NetworkNamespace namespace = new NetworkNamespace(name);
    try {
      namespace.must("ip", "link", "set", "lo", "up");
    } catch (AssertionError e) {
      namespace.close();
      throw e;
    }
    return namespace;
  }

  /** The name, as {@code ip netns} lists it. */
  public String name() {
    return name;
  }

  /**
   * Joins two namespaces with a veth pair and puts an address on each end. Interface names have at
   * most 15 characters.
   */
  public static void link(End one, End other) {
    Commands.must(
        "ip",
        "link",
        "add",
        one.device,
        "netns",
        one.namespace.name,
        "type",
        "veth",
        "peer",
        "name",
        other.device,
        "netns",
        other.namespace.name);
    for (End end : List.of(one, other)) {
      end.namespace.addAddress(end.device, end.address);
      end.namespace.must("ip", "link", "set", end.device, "up");
    }
  }

  /**
   * One end of a link.
   *
   * @param namespace the host
   * @param device the interface's name there
   * @param address its address with the prefix length, such as {@code 192.0.2.1/24}
   */
  public record End(NetworkNamespace namespace, String device, String address) {}

  /** Puts an address with its prefix length on an interface; IPv6 without duplicate detection. */
  public void addAddress(String device, String address) {
    List<String> command = new ArrayList<>(List.of("ip", "address", "add", address, "dev", device));
    if (address.indexOf(':') >= 0) {
      command.add("nodad");
    }
    must(command.toArray(String[]::new));
  }

  /** Adds a route by way of a next hop. */
  public void addRoute(String prefix, String via) {
    must("ip", "route", "add", prefix, "via", via);
  }

  /** Takes an interface down: the cable is pulled. */
  public void linkDown(String device) {
    must("ip", "link", "set", device, "down");
  }

  /** Brings an interface up again. */
  public void linkUp(String device) {
    must("ip", "link", "set", device, "up");
  }

  /**
   * Runs a short command inside.
   *
   * @return its output
   * @throws AssertionError when it fails
   */
  public String must(String... command) {
    return Commands.must(inside(Arrays.asList(command)).toArray(String[]::new));
  }

  /** Runs a short command inside and hands back its output whether or not it succeeded. */
  public String run(String... command) {
    return Commands.run(inside(Arrays.asList(command))).text();
  }

  /** Starts a long-running process inside, with its output in {@code dir/label.log}. */
  public LabProcess start(String label, Path dir, List<String> command) {
    LabProcess process = LabProcess.start(label, dir, inside(command));
    processes.add(process);
    return process;
  }

  private List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
    whole.addAll(command);
    return whole;
  }

  @Override
  public void close() {
    processes.reversed().forEach(LabProcess::close);
    // Daemons that put themselves into the background are not our children: ask the namespace.
    String left = Commands.run(List.of("ip", "netns", "pids", name)).text();
    left.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && line.chars().allMatch(Character::isDigit))
        .forEach(pid -> Commands.run(List.of("kill", "-9", pid)));
    Commands.run(List.of("ip", "netns", "delete", name));
  }

  @Override
  public String toString() {
    return name;
  }
}
