package io.landfall.admin;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket: never open to others than its user and, if there is one, a group,
 * never in the way, never another process's.
 *
 * <p>A socket is created with the mode that the umask leaves, so between bind and chmod anybody
 * might connect. Therefore it is bound inside a fresh folder that only we can enter, given its
 * mode, and renamed to its place, which also replaces a dead socket in one step. Whether an
 * existing socket is dead is found by connecting to it. On closing, the file is removed only if it
 * is still ours.
 */
public final class SocketFile {
  /** Of a file's mode: what kind of file it is (inode(7)). */
  private static final int TYPE_BITS = 0170000;

  private static final int SOCKET_TYPE = 0140000;

  private final Path path;
  private final Path folder;
  private final Optional<GroupPrincipal> group;
  private Optional<Object> ours = Optional.empty();

  private SocketFile(Path path, Path folder, Optional<GroupPrincipal> group) {
    this.path = path;
    this.folder = folder;
    this.group = group;
  }

  /**
   * Prepares to bind at this path.
   *
   * @param groupName whose members may use the socket, too
   * @throws IOException with a sentence when another process serves there or the path is not usable
   */
  static SocketFile claim(Path path, Optional<String> groupName) throws IOException {
    Optional<GroupPrincipal> group =
        groupName.isPresent() ? Optional.of(group(groupName.get())) : Optional.empty();
    refuseLive(path.toAbsolutePath());
    return claim(path, path.toAbsolutePath(), group);
  }

  /**
   * Prepares to bind at this path for this user alone, in place of a socket that may be there.
   *
   * @throws IOException with a sentence when the path is not usable
   */
  public static SocketFile replacing(Path path) throws IOException {
    return claim(path, path.toAbsolutePath(), Optional.empty());
  }

  private static SocketFile claim(Path path, Path absolute, Optional<GroupPrincipal> group)
      throws IOException {
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new IOException("the admin socket needs a path with a folder, not " + path);
    }
    String cannot = "the admin socket " + path + " cannot be created in " + parent + ": ";
    try {
      Files.createDirectories(parent);
    } catch (IOException e) {
      throw new IOException(cannot + cause(e), e);
    }
    try {
      Path folder = parent.resolve("." + ProcessHandle.current().pid());
      clear(folder);
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return new SocketFile(absolute, folder, group);
    } catch (IOException e) {
      throw new IOException(cannot + FolderTrial.why(e), e);
    }
  }

  /**
   * The group of this name.
   *
   * @throws IOException with a sentence when the machine has none
   */
  static GroupPrincipal group(String name) throws IOException {
    try {
      return FileSystems.getDefault()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException(
          "this machine has no group '" + name + "'; make it, or choose another one", e);
    }
  }

  /**
   * Looks whether a socket may be put at this path, without touching what is there: the folder is
   * tried, by way of a file that is gone afterwards.
   *
   * @throws IOException with a sentence when another process serves there, or no socket is there
   */
  static void refuseLive(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      requireFolder(path);
      return;
    }
    if (!isSocket(path)) {
      throw new IOException(
          "the admin socket "
              + path
              + " is taken by a file that is no socket; remove it or choose"
              + " another admin.socket");
    }
    try (SocketChannel live = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException(
          "the admin socket "
              + path
              + " is in use: another node is running with it"
              + (live.isConnected() ? "; stop that one or choose another admin.socket" : ""));
    } catch (java.net.ConnectException deadAndReplaced) {
      requireFolder(path);
    }
  }

  /** What is missing of the folder is made at the start, below the first one that is there. */
  private static void requireFolder(Path path) throws IOException {
    Path there = nearestFolder(path);
    Optional<String> refusal = there == null ? Optional.empty() : refusal(there);
    if (refusal.isPresent()) {
      throw new IOException(
          "the admin socket "
              + path
              + " cannot be created: "
              + refusal.get()
              + "; choose another admin.socket");
    }
  }

  private static Optional<String> refusal(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.of(folder + " is no folder");
    }
    return Files.isWritable(folder)
        ? FolderTrial.refusal(folder)
        : Optional.of("this user may not write to " + folder);
  }

  private static @Nullable Path nearestFolder(Path path) {
    Path there = path.toAbsolutePath().getParent();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there;
  }

  /** The message of a file's failure may be its path and nothing else. */
  private static String cause(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no folder " + missing.getFile();
      case AccessDeniedException denied -> "this user may not write to " + denied.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is no folder";
      default -> FailureText.of(e);
    };
  }

  /** Not a device or FIFO either, which must never be replaced. */
  private static boolean isSocket(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & TYPE_BITS) == SOCKET_TYPE;
  }

  Path path() {
    return path;
  }

  /** Where to bind: a place that only this user can reach. */
  public Path bindingPath() {
    return folder.resolve("s");
  }

  /** Gives the bound socket its mode and its place. */
  public void publish() throws IOException {
    Path bound = bindingPath();
    if (group.isPresent()) {
      giveTo(group.get(), bound);
    }
    String mode = group.isPresent() ? "rw-rw----" : "rw-------";
    Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString(mode));
    ours = key(bound);
    Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(folder);
  }

  /**
   * Looks whether a socket at this path could be given to the group of this name, by way of a file
   * beside it that is gone afterwards: no other folder has to be writable. Where none can be made,
   * {@link #refuseLive} says so.
   *
   * @throws IOException with a sentence when there is no such group, or this user is no member
   */
  static void tryGroup(Path path, String name) throws IOException {
    GroupPrincipal to = group(name);
    Path folder = nearestFolder(path);
    if (folder == null || refusal(folder).isPresent()) {
      return;
    }
    Path tried = Files.createTempFile(folder, ".landfall-group", "");
    try {
      giveTo(to, tried);
    } finally {
      Files.deleteIfExists(tried);
    }
  }

  /**
   * Before the mode: until then it is for its user alone, in a folder that only this user enters.
   */
  private static void giveTo(GroupPrincipal to, Path file) throws IOException {
    try {
      Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(to);
    } catch (IOException e) {
      throw new IOException(
          "the admin socket cannot be given to the group '"
              + to.getName()
              + "': this user is no member of it",
          e);
    }
  }

  /** Removes the socket if it is still the one that was published. */
  public void remove() {
    try {
      clear(folder);
      if (ours.isPresent() && Files.exists(path) && ours.equals(key(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // A socket that stays behind is found dead and replaced at the next start.
      ours = Optional.empty();
    }
  }

  private static void clear(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve("s"));
    Files.deleteIfExists(folder);
  }

  private static Optional<Object> key(Path path) throws IOException {
    return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }
}
