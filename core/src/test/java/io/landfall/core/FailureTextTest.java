package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Why something failed, without what Java puts around it. */
class FailureTextTest {
  @Test
  void aFileThatIsNotThereIsNoBarePath() {
    assertThat(FailureText.of(new NoSuchFileException("/etc/x")))
        .isEqualTo("there is no such file or folder");
    assertThat(FailureText.withFile(new NoSuchFileException("/etc/x")))
        .isEqualTo("/etc/x: there is no such file or folder");
    assertThat(FailureText.withFile(new AccessDeniedException("/etc/x")))
        .isEqualTo("/etc/x: this user may not");
  }

  @Test
  void theReasonOfTheFileSystemIsKept() {
    assertThat(FailureText.of(new FileSystemException("/etc/x", null, "No space left on device")))
        .isEqualTo("no space left on device");
    assertThat(FailureText.of(new FileSystemException("/etc/x"))).isNotBlank();
    assertThat(FailureText.withFile(new FileSystemException(null, null, "Is a directory")))
        .isEqualTo("is a directory");
  }

  @Test
  void aWrapperWithoutWordsOfItsOwnIsLookedThrough() {
    ConnectException inner = new ConnectException("Connection refused: /127.0.0.1:80");
    assertThat(FailureText.of(new CompletionException(inner)))
        .isEqualTo("Connection refused: 127.0.0.1:80");
    assertThat(FailureText.of(new UncheckedIOException(new NoSuchFileException("a"))))
        .isEqualTo("there is no such file or folder");
    assertThat(FailureText.of(new IOException("the disk is gone", inner)))
        .isEqualTo("the disk is gone");
  }

  @Test
  void withoutAMessageItIsNeverTheWordNull() {
    assertThat(FailureText.of(new EOFException())).isEqualTo("EOFException");
    assertThat(FailureText.of(new CompletionException(null, new EOFException())))
        .isEqualTo("EOFException");
    assertThat(FailureText.of(null)).isEqualTo("unknown");
    assertThat(FailureText.of(new MalformedInputException(1))).isEqualTo("it is not text in UTF-8");
  }

  @Test
  void wrappersAreLookedThroughToABound() {
    assertThat(FailureText.of(under(7))).isEqualTo("refused");
    assertThat(FailureText.of(under(8))).isEqualTo("refused");
    // Beyond it the last wrapper has the words.
    assertThat(FailureText.of(under(9))).contains("IOException: refused");
  }

  /** A failure in so many wrappers without words of their own. */
  private static Throwable under(int wrappers) {
    Throwable failure = new IOException("refused");
    for (int i = 0; i < wrappers; i++) {
      failure = new CompletionException(failure);
    }
    return failure;
  }
}
