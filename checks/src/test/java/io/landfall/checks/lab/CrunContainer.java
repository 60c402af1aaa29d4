package io.landfall.checks.lab;

import io.landfall.lab.JsonText;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A container that crun runs: the image's own command and user, with what an engine is asked for in
 * docs/deploy.md. The root is read-only, /tmp is part of it, the one place in memory to write is
 * /run/landfall, without code. No cgroup: how much it takes is not what is looked at.
 */
final class CrunContainer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern PID = Pattern.compile("\"pid\": ?(\\d+)");

  /**
   * Where both versions of cgroups are mounted, crun of Debian 12 does nothing at all. It is to use
   * none here, and does not see the second.
   */
  private static final String WITHOUT_HYBRID_CGROUPS =
      "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$0\" \"$@\"";

  private final List<String> crun;
  private final String name;
  private final ChildProcess process;

  private CrunContainer(List<String> crun, String name, ChildProcess process) {
    this.crun = crun;
    this.name = name;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param bundle a folder with the image's files in {@code rootfs}
   * @param image the image's configuration
   * @param network the network namespace, which takes the place of the host's network
   * @param volumes folders by where they are seen; /etc/landfall cannot be written
   */
  static CrunContainer start(
      Path bundle, Map<?, ?> image, String network, Map<String, Path> volumes) throws IOException {
    Files.writeString(bundle.resolve("config.json"), runtimeConfig(image, network, volumes));
    List<String> crun =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            WITHOUT_HYBRID_CGROUPS,
            "crun",
            "--root",
            bundle.resolve("crun").toString(),
            "--cgroup-manager=disabled");
    List<String> run = new ArrayList<>(crun);
    run.addAll(List.of("run", "--bundle", bundle.toString(), network));
    return new CrunContainer(crun, network, ChildProcess.start("container", bundle, run));
  }

  private static String runtimeConfig(Map<?, ?> image, String network, Map<String, Path> volumes) {
    Map<?, ?> config = OciLayout.map(image.get("config"));
    List<Object> command = new ArrayList<>(OciLayout.list(config.get("Entrypoint")));
    command.addAll(OciLayout.list(config.get("Cmd")));
    StringBuilder binds = new StringBuilder();
    new TreeMap<>(volumes)
        .forEach(
            (at, folder) ->
                binds.append(
                    """
                    , {"destination": "%s", "source": "%s", "type": "none", "options": ["bind", "%s"]}
                    """
                        .formatted(at, folder, at.startsWith("/etc/") ? "ro" : "rw")));
    return """
    {"ociVersion": "1.0.2",
     "process": {
       "user": {"uid": %1$s, "gid": %1$s, "additionalGids": [65531]},
       "args": %2$s, "env": %3$s, "cwd": "%4$s", "noNewPrivileges": true,
       "capabilities": {"bounding": %5$s, "effective": %5$s, "inheritable": %5$s, "permitted": %5$s, "ambient": %5$s}},
     "root": {"path": "rootfs", "readonly": true},
     "mounts": [
       {"destination": "/proc", "type": "proc", "source": "proc"},
       {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755"]},
       {"destination": "/run/landfall", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "noexec", "mode=1777"]}
       %6$s],
     "linux": {"namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network", "path": "/run/netns/%7$s"}]}}
    """
        .formatted(
            config.get("User"),
            texts(command),
            texts(OciLayout.list(config.get("Env"))),
            config.get("WorkingDir"),
            "[\"CAP_NET_BIND_SERVICE\"]",
            binds,
            network);
  }

  private static String texts(List<?> values) {
    return values.stream()
        .map(each -> JsonText.quote("" + each))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private Command.Ended crun(String... arguments) {
    List<String> command = new ArrayList<>(crun);
    command.addAll(Arrays.asList(arguments));
    return Command.run(command, "");
  }

  /** Runs a command in it, as its user. */
  String exec(String... command) {
    List<String> arguments = new ArrayList<>(List.of("exec", "--user", "65532:65532", name));
    arguments.addAll(Arrays.asList(command));
    return crun(arguments.toArray(String[]::new)).text();
  }

  /** The files that the node has mapped, by the paths that it has for them. */
  String mappedFiles() throws IOException {
    Matcher pid = PID.matcher(crun("state", name).text());
    return pid.find() ? Files.readString(Path.of("/proc", pid.group(1), "maps")) : "";
  }

  /** What it wrote. */
  String log() {
    return process.output();
  }

  /** Asks it to end as engines do, and waits for that; how it ended, in words. */
  String stop() {
    crun("kill", name, "TERM");
    Await.until(PATIENCE, "it ends", () -> !process.isAlive(), process::output);
    return process.ending();
  }

  @Override
  public void close() {
    crun("delete", "--force", name);
    process.close();
  }
}
