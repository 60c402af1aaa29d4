package io.landfall.core;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why something failed, as an operator reads it. What Java has as the message of a failure is
 * missing for some, is a path and nothing else for others, and begins with the name of a class
 * where one failure wraps another.
 */
public final class FailureText {
  /** How deep causes are looked for: libraries wrap, and none so often. */
  private static final int MAX_CAUSES = 8;

  private FailureText() {}

  /** The reason; never empty. The file that it concerns, if any, stands beside it. */
  public static String of(@Nullable Throwable failure) {
    Throwable inner = unwrapped(failure);
    return switch (inner) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "this user may not";
      case FileAlreadyExistsException _ -> "it is there already";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case NotDirectoryException _ -> "it is no folder";
      case FileSystemException file -> reason(file);
      case CharacterCodingException _ -> "it is not text in UTF-8";
      case null, default -> SocketText.why(inner);
    };
  }

  /** The reason with the file that it concerns, for readers that know of none. */
  public static String withFile(@Nullable Throwable failure) {
    return unwrapped(failure) instanceof FileSystemException file && file.getFile() != null
        ? file.getFile() + ": " + of(file)
        : of(failure);
  }

  /** What a failure wraps without a word of its own. */
  private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; depth < MAX_CAUSES && at != null; depth++) {
      Throwable cause = at.getCause();
      String message = at.getMessage();
      if (cause == null || (message != null && !message.equals(cause.toString()))) {
        return at;
      }
      at = cause;
    }
    return at;
  }

  private static String reason(FileSystemException failure) {
    String reason = failure.getReason();
    return reason == null || reason.isBlank()
        ? "the file system refuses it"
        : reason.toLowerCase(Locale.ROOT);
  }
}
