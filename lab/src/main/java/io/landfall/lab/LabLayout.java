package io.landfall.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which file of a lab is where.
 *
 * <p>A Unix socket's path may have 107 bytes. Where DIR/SITE/admin.sock fits for every site, it is
 * there; where it does not, all sockets of the lab are in one new private folder under the system's
 * folder for temporary files, which goes when the lab goes. lab.json names them either way.
 */
public final class LabLayout {
  private static final int MAX_SOCKET_BYTES = 107;

  private final Path directory;
  private final Optional<Path> shortDirectory;

  private LabLayout(Path directory, Optional<Path> shortDirectory) {
    this.directory = directory;
    this.shortDirectory = shortDirectory;
  }

  /** The layout of what is in this folder, whose sockets are there too. */
  static LabLayout at(Path directory) {
    return new LabLayout(directory, Optional.empty());
  }

  /** The layout for a lab in this folder; makes the folders and removes what an older lab left. */
  static LabLayout prepare(Path directory, LabPlan plan) throws IOException {
    boolean fits =
        plan.sites().stream()
            .map(site -> directory.resolve(site.name()).resolve("admin.sock"))
            .allMatch(
                path ->
                    path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_BYTES);
    Optional<Path> elsewhere = Optional.empty();
    if (!fits) {
      elsewhere =
          Optional.of(
              Files.createTempDirectory(
                  "landfall-lab-",
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rwx------"))));
    }
    LabLayout layout = new LabLayout(directory, elsewhere);
    Files.deleteIfExists(layout.json());
    for (Path file : layout.credentials(plan)) {
      Files.deleteIfExists(file);
    }
    for (LabPlan.Site site : plan.sites()) {
      Files.createDirectories(layout.folder(site));
      for (Path file : List.of(layout.socket(site), layout.routerSocket(site))) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(layout.log(site));
      for (LabPlan.Service service : plan.services()) {
        Files.deleteIfExists(layout.log(service, site));
      }
    }
    return layout;
  }

  /** Takes away what must not outlive the lab: the sockets and the file that says it runs. */
  void leave(LabPlan plan) throws IOException {
    Files.deleteIfExists(json());
    for (LabPlan.Site site : plan.sites()) {
      Files.deleteIfExists(socket(site));
      Files.deleteIfExists(routerSocket(site));
    }
    if (shortDirectory.isPresent()) {
      Files.deleteIfExists(shortDirectory.orElseThrow());
    }
  }

  /** The file that says what runs where. */
  public Path json() {
    return directory.resolve("lab.json");
  }

  Path ca() {
    return directory.resolve("ca.pem");
  }

  Path caKey() {
    return directory.resolve("ca.key");
  }

  /** The certificate that clients see. */
  Path site() {
    return directory.resolve("site.pem");
  }

  Path siteKey() {
    return directory.resolve("site.key");
  }

  /** What is of one site only. */
  public Path folder(LabPlan.Site site) {
    return directory.resolve(site.name());
  }

  Path certificate(LabPlan.Site site) {
    return folder(site).resolve("node.pem");
  }

  Path key(LabPlan.Site site) {
    return folder(site).resolve("node.key");
  }

  /** Every certificate and key, in one order for every folder. */
  List<Path> credentials(LabPlan plan) {
    List<Path> files = new ArrayList<>(List.of(caKey(), ca(), siteKey(), site()));
    for (LabPlan.Site site : plan.sites()) {
      files.add(certificate(site));
      files.add(key(site));
    }
    return files;
  }

  Path config(LabPlan.Site site) {
    return folder(site).resolve("node.yaml");
  }

  Path log(LabPlan.Site site) {
    return folder(site).resolve("node.log");
  }

  Path log(LabPlan.Service service, LabPlan.Site site) {
    return folder(site).resolve(service.name() + ".log");
  }

  /** The TCP MD5 key that a site's node and its router share, where they have one. */
  public Path routerKey(LabPlan.Site site) {
    return folder(site).resolve("router.key");
  }

  /** The control socket of a site's router, where it has one; always as short as the node's. */
  public Path routerSocket(LabPlan.Site site) {
    return socket(site).resolveSibling(site.name() + ".ctl");
  }

  /** The admin socket of a site's node. */
  public Path socket(LabPlan.Site site) {
    return shortDirectory
        .map(path -> path.resolve(site.name() + ".sock"))
        .orElseGet(() -> folder(site).resolve("admin.sock"));
  }
}
