package io.landfall.lab.host;

import io.landfall.lab.LabFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Linux network namespace of a lab: a host with its own interfaces, addresses and routes.
 *
 * <p>Namespaces are named {@code lf-LAB-PID-NUMBER-ROLE}, so that tests that run at the same time
 * on one machine never meet. Closing one kills what was started in it, then deletes it with its
 * interfaces; use try-with-resources. Needs root.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final String IP = Command.find("ip").map(Path::toString).orElse("ip");
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String name;
  private final List<ChildProcess> processes = new ArrayList<>();

  /** Its ends of links. */
  private final List<String> devices = new ArrayList<>();

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
    Command.must(IP, "netns", "add", name);
    NetworkNamespace namespace = new NetworkNamespace(name);
    try {
      namespace.must(IP, "link", "set", "lo", "up");
    } catch (LabFailure e) {
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
    Command.must(
        IP,
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
      end.namespace.devices.add(end.device);
      end.namespace.addAddress(end.device, end.address);
      end.namespace.must(IP, "link", "set", end.device, "up");
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
    List<String> command = new ArrayList<>(List.of(IP, "address", "add", address, "dev", device));
    if (address.indexOf(':') >= 0) {
      command.add("nodad");
    }
    must(command.toArray(String[]::new));
  }

  /** Adds a route by way of a next hop. */
  public void addRoute(String prefix, String via) {
    must(IP, "route", "add", prefix, "via", via);
  }

  /** Takes an interface down: the cable is pulled. */
  public void linkDown(String device) {
    must(IP, "link", "set", device, "down");
  }

  /** Brings an interface up again. */
  public void linkUp(String device) {
    must(IP, "link", "set", device, "up");
  }

  /**
   * Runs a short command inside.
   *
   * @return its output
   * @throws LabFailure when it fails
   */
  public String must(String... command) {
    return Command.must(inside(name, Arrays.asList(command)), "");
  }

  /** Runs a short command inside and hands back its output whether or not it succeeded. */
  public String run(String... command) {
    return Command.run(inside(name, Arrays.asList(command)), "").text();
  }

  /** Starts a long-running process inside, with its output in {@code dir/label.log}. */
  public ChildProcess start(String label, Path dir, List<String> command) {
    ChildProcess process = ChildProcess.start(label, dir, inside(name, command));
    processes.add(process);
    return process;
  }

  /** The command that runs a command inside the namespace of that name. */
  public static List<String> inside(String name, List<String> command) {
    List<String> whole = new ArrayList<>(List.of(IP, "netns", "exec", name));
    whole.addAll(command);
    return whole;
  }

  @Override
  public void close() {
    processes.reversed().forEach(ChildProcess::close);
    // A namespace's own end takes its links away some time later, and the other end's name is not
    // free
    // until then; so they are deleted first, which the kernel does at once.
    devices.forEach(device -> run(IP, "link", "delete", device));
    remove(name);
  }

  /** Ends what runs inside the namespace of that name and takes it away; nothing if it is none. */
  public static void remove(String name) {
    // Daemons that put themselves into the background are no children of ours: ask the namespace.
    Command.Ended inside = Command.run(IP, "netns", "pids", name);
    if (!inside.succeeded()) {
      return;
    }
    inside
        .text()
        .lines()
        .map(String::strip)
        .filter(line -> line.matches("[0-9]{1,10}"))
        .map(Long::parseLong)
        .map(ProcessHandle::of)
        .flatMap(Optional::stream)
        .forEach(ProcessHandle::destroyForcibly);
    Command.run(IP, "netns", "delete", name);
  }

  @Override
  public String toString() {
    return name;
  }
}
