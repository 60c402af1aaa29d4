package io.landfall.checks.lab;

import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A systemd that runs as process 1 of namespaces of its own, on a copy of this machine's files that
 * is gone with it (overlayfs); the network is the machine's. The settings of the unit file are in
 * force there: user, capabilities, system calls, folders, and who is the main process.
 */
final class SystemdMachine implements AutoCloseable {
  private static final long END_SECONDS = 20;
  private static final String TARGET = "lab.target";

  /** Units that would touch what is not in the namespaces, or reach into the Internet. */
  private static final String MASKED =
      "systemd-journald-audit.socket systemd-udevd.service systemd-modules-load.service"
          + " systemd-sysctl.service systemd-random-seed.service systemd-remount-fs.service"
          + " sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount"
          + " sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount"
          + " proc-sys-fs-binfmt_misc.automount modprobe@configfs.service modprobe@drm.service"
          + " modprobe@fuse.service modprobe@dm_mod.service modprobe@loop.service"
          + " modprobe@efi_pstore.service";

  /** In the mount namespace: the new root, and systemd in it. */
  private static final String BOOT =
      """
      top=$1 masked=$2
      mount -t tmpfs tmpfs "$top"
      mkdir "$top/upper" "$top/work" "$top/root"
      root=$top/root
      mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$root"
      mount -t proc proc "$root/proc"
      mount --bind "$root/proc/sys" "$root/proc/sys"
      mount -o remount,bind,ro "$root/proc/sys"
      mount -t sysfs -o ro sysfs "$root/sys"
      mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
      mount -t tmpfs tmpfs "$root/run"
      mount -t tmpfs tmpfs "$root/tmp"
      mount -t tmpfs -o mode=755 tmpfs "$root/dev"
      for each in null zero full random urandom tty; do
        touch "$root/dev/$each"
        mount --bind "/dev/$each" "$root/dev/$each"
      done
      mkdir "$root/dev/shm" "$root/dev/pts"
      mount -t tmpfs tmpfs "$root/dev/shm"
      mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
      ln -s pts/ptmx "$root/dev/ptmx"
      ln -s /proc/self/fd "$root/dev/fd"
      hostname lab
      units=$root/etc/systemd/system
      mkdir -p "$units"
      rm -f "$units"/*.wants/*
      for each in $masked; do ln -sf /dev/null "$units/$each"; done
      printf '[Unit]\\nRequires=sysinit.target\\nAfter=sysinit.target\\n' >"$units/lab.target"
      : >"$root/etc/machine-id"
      : >"$root/etc/fstab"
      cd "$root"
      mkdir -p .old
      pivot_root . .old
      umount -l .old
      exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
        /lib/systemd/systemd --system --unit=lab.target --show-status=no
      """;

  /** In a control group of its own, which becomes the root of what it sees of them. */
  private static final String UNSHARE =
      """
      echo $$ >"$3/cgroup.procs"
      exec unshare --mount --uts --ipc --pid --cgroup --fork --kill-child bash -euc "$4" boot "$1" "$2"
      """;

  private final Process process;
  private final Path group;
  private final Path output;

  private SystemdMachine(Process process, Path group, Path output) {
    this.process = process;
    this.group = group;
    this.output = output;
  }

  private static long first(Process process) {
    return process.children().findFirst().map(ProcessHandle::pid).orElse(0L);
  }

  /** Boots it; what it needs lies in this folder meanwhile. */
  static SystemdMachine boot(Path folder) throws IOException {
    Path top = Files.createDirectory(folder.resolve("machine"));
    Path output = folder.resolve("machine.log");
    Path group =
        Files.createDirectory(ownGroup().resolve("landfall-" + ProcessHandle.current().pid()));
    Process process =
        new ProcessBuilder(
                "bash", "-euc", UNSHARE, "boot", top.toString(), MASKED, group.toString(), BOOT)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    SystemdMachine machine = new SystemdMachine(process, group, output);
    try {
      Await.until(
          Duration.ofSeconds(60),
          "systemd has booted",
          () -> first(process) > 0 && machine.run("systemctl", "is-active", TARGET).succeeded(),
          () -> machine.output() + machine.run("systemctl", "list-jobs").text());
      return machine;
    } catch (AssertionError e) {
      machine.close();
      throw e;
    }
  }

  /** The control group of this process, of the unified hierarchy. */
  private static Path ownGroup() throws IOException {
    Path unified = Path.of("/sys/fs/cgroup/unified");
    Path root = Files.isDirectory(unified) ? unified : Path.of("/sys/fs/cgroup");
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        return root.resolve(line.substring("0::/".length()));
      }
    }
    throw new IOException("this kernel has no unified control groups");
  }

  private String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command in it. */
  Command.Ended run(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target=" + first(process),
                "--mount",
                "--uts",
                "--ipc",
                "--pid",
                "--cgroup",
                "--root",
                "--wd",
                "env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    all.addAll(List.of(command));
    return Command.run(all.toArray(String[]::new));
  }

  /** Runs a command in it that must succeed; what it printed. */
  String must(String... command) {
    Command.Ended ended = run(command);
    if (!ended.succeeded()) {
      throw new AssertionError(List.of(command) + ": " + ended.text() + journal());
    }
    return ended.text();
  }

  /** Writes a file in it. */
  void write(String path, String text) {
    must("sh", "-c", "printf '%s' \"$1\" >\"$0\"", path, text);
  }

  /** A property of the unit of the package. */
  String unit(String property) {
    return must("systemctl", "show", "--value", "--property=" + property, "landfall").strip();
  }

  /** What the unit has logged until now. */
  String journal() {
    run("journalctl", "--sync");
    return run("journalctl", "--no-pager", "--output=cat", "--unit=landfall").text();
  }

  @Override
  public void close() throws IOException {
    // With its process 1 all others of the namespace end.
    process.destroyForcibly();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Await.until("its control groups are empty", this::groupsAreGone);
  }

  private boolean groupsAreGone() {
    try (Stream<Path> all = Files.walk(group)) {
      for (Path each : all.filter(Files::isDirectory).sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return !Files.exists(group);
    }
  }
}
