package io.landfall.admin;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a file can be made in a folder that is there. Its mode is no proof: root may write to
 * {@code /proc}, and can make nothing there.
 */
public final class FolderTrial {
  private FolderTrial() {}

  /**
   * Makes an empty file there, which is gone afterwards. A file system that is full now is fine: it
   * may have room later.
   *
   * @return a sentence with the folder and the reason; empty when a file can be made
   */
  public static Optional<String> refusal(Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, ".landfall", ""));
      return Optional.empty();
    } catch (IOException e) {
      return isFull(e)
          ? Optional.empty()
          : Optional.of("no file can be made in " + folder + ": " + why(e));
    }
  }

  /** Why nothing was made in a folder that is there, without the name that was tried. */
  static String why(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "its file system takes no new ones";
      case AccessDeniedException _ -> "this user may not write there";
      default -> FailureText.of(failure);
    };
  }

  private static boolean isFull(IOException failure) {
    String reason =
        failure instanceof FileSystemException file && file.getReason() != null
            ? file.getReason().toLowerCase(Locale.ROOT)
            : "";
    return reason.contains("no space left") || reason.contains("quota exceeded");
  }
}
