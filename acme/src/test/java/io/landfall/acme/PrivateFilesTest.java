package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of an account, which nothing else may stand in for. */
class PrivateFilesTest {
  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeHoldsNobodyUp(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("account.pem");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> PrivateFiles.read(pipe)).hasMessage("it is not a regular file");
    assertThatThrownBy(() -> AccountKey.at(pipe))
        .isInstanceOf(AcmeFailure.class)
        .hasMessageContaining("it is not a regular file");
  }

  @Test
  void whatIsWrittenIsRead(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("new").resolve("account.pem");
    PrivateFiles.write(file, "text");
    assertThat(PrivateFiles.read(file)).isEqualTo("text");
  }
}
