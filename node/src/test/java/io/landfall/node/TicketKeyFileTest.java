package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.tls.TicketKeys;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a file with the keys of tickets may hold. */
class TicketKeyFileTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(7);

  @TempDir Path folder;

  private FileResult<TicketKeys> read(byte[] content) throws IOException {
    Path file = folder.resolve("tickets.keys");
    Files.write(file, content);
    return TicketKeyFile.read(file);
  }

  private FileResult<TicketKeys> read(String content) throws IOException {
    return read(content.getBytes(StandardCharsets.US_ASCII));
  }

  private void assertSame(FileResult<TicketKeys> read, byte[]... keys) {
    assertThat(read).isInstanceOf(FileResult.Good.class);
    if (read instanceof FileResult.Good<TicketKeys>(TicketKeys found)) {
      assertThat(found.isSame(TicketKeys.of(List.of(keys)))).isTrue();
    }
  }

  private String why(FileResult<TicketKeys> read) {
    return read instanceof FileResult.Bad<TicketKeys> bad ? bad.sentence() : "good";
  }

  private static byte[] bytes(int count) {
    byte[] made = new byte[count];
    RANDOM.nextBytes(made);
    return made;
  }

  private static String line(byte[] key) {
    return Base64.getEncoder().encodeToString(key) + "\n";
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsNoFileAndHoldsNobody() throws Exception {
    Path file = folder.resolve("node.pem");
    Path staple = Staple.fileOf(file);
    for (Path each : List.of(file, staple)) {
      assertThat(new ProcessBuilder("mkfifo", each.toString()).start().waitFor()).isZero();
    }
    assertThat(why(TicketKeyFile.read(file))).contains("it is not a regular file");
    assertThat(Staple.read(file, List.of(), 0).state()).contains("it is not a regular file");
    assertThat(Pem.readCertificates(file)).isInstanceOf(FileResult.Bad.class);
    assertThat(Pem.readPrivateKey(file)).isInstanceOf(FileResult.Bad.class);
  }

  @Test
  void keysAreLinesTheFirstEncrypts() throws IOException {
    byte[] first = bytes(48);
    byte[] second = bytes(48);
    assertSame(read("# of fra\n" + line(first) + "\n" + line(second)), first, second);
    // 80 characters, and no key as it is.
    assertSame(read("# 15 characters\n" + line(first).strip()), first);
  }

  @Test
  void aKeyOf80BytesGivesThePartsOfItsTwoKeys() throws IOException {
    byte[] wide = bytes(80);
    byte[] used = Arrays.copyOf(wide, 48);
    System.arraycopy(wide, 48, used, 32, 16);
    assertSame(read(line(wide)), used);
    assertSame(read(wide), used);
    byte[] narrow = bytes(48);
    assertSame(read(narrow), narrow);
  }

  @Test
  void whatIsNoKeyIsNamedWithItsLine() throws IOException {
    String good = line(bytes(48));
    assertThat(why(read(good + "secret\n")))
        .contains("tickets.keys:2: this line is not the base64 of 48 or 80 bytes");
    assertThat(why(read(good + line(bytes(32))))).contains("tickets.keys:2: ");
    assertThat(why(read("# none\n"))).contains("it has 0 keys; there are 1 to 8");
    assertThat(why(read(good.repeat(9)))).contains("it has 9 keys; there are 1 to 8");
    assertThat(why(read("#".repeat(5_000)))).contains("larger than 4096 bytes");
    assertThat(why(TicketKeyFile.read(folder.resolve("gone")))).contains("gone: ", "no such file");
    assertThat(why(read(bytes(50)))).contains("tickets.keys:1: ");
  }
}
