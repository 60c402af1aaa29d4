package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall dump mrt FILE}: bytes as they came, and nothing written over by accident. */
class DumpCommandTest {
  private static final String BODY = "\0\u00ff\r\n\r\n\u0080";

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void name() throws IOException {
    Files.createDirectory(temp.resolve("out"));
    file = temp.resolve("out/table.mrt");
  }

  private Ran dump(String response, String... options) throws IOException {
    Path socket = temp.resolve("a.sock");
    Files.deleteIfExists(socket);
    try (FakeNode _ = new FakeNode(socket, Map.of("GET /v1/dump/mrt", response))) {
      String[] args =
          Stream.concat(
                  Stream.of("--socket", socket.toString(), "dump", "mrt", file.toString()),
                  Stream.of(options))
              .toArray(String[]::new);
      return Ran.landfall(args);
    }
  }

  private long filesInFolder() throws IOException {
    try (Stream<Path> all = Files.list(file.getParent())) {
      return all.count();
    }
  }

  @Test
  void theFileHoldsTheBytesThatCame() throws IOException {
    Ran ran = dump(FakeNode.ok(BODY));
    byte[] sent = BODY.getBytes(StandardCharsets.UTF_8);
    assertThat(ran).isEqualTo(new Ran(0, sent.length + " bytes in " + file + "\n", ""));
    assertThat(Files.readAllBytes(file)).isEqualTo(sent);
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void aFileThatIsThereStaysUnlessForced() throws IOException {
    Files.writeString(file, "mine");
    Ran ran = dump(FakeNode.ok(BODY));
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("is there already; say --force");
    assertThat(file).hasContent("mine");
    assertThat(dump(FakeNode.ok(BODY), "--force").code()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(BODY.getBytes(StandardCharsets.UTF_8));
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void whatIsNoRegularFileIsNotReplacedEvenWhenForced() throws IOException {
    Path target = Files.writeString(file.resolveSibling("target"), "mine");
    Files.createSymbolicLink(file, target);
    Ran ran = dump(FakeNode.ok(BODY), "--force");
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("is no regular file");
    assertThat(Files.isSymbolicLink(file)).isTrue();
    assertThat(target).hasContent("mine");
  }

  @Test
  void aPipeADeviceBehindALinkAndAFolderStayEvenWhenForced() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertRefused();
    assertThat(Files.isRegularFile(file)).isFalse();
    assertThat(Files.isDirectory(file)).isFalse();
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/null"));
    assertRefused();
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("/dev/null"));
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused();
    assertThat(file).isEmptyDirectory();
  }

  private void assertRefused() throws IOException {
    Ran ran = dump(FakeNode.ok(BODY), "--force");
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains(file + " is no regular file");
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void theSizeIsJsonForScripts() throws IOException {
    Ran ran = dump(FakeNode.ok(BODY), "--json");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            "{\"file\":\""
                + file
                + "\",\"bytes\":"
                + BODY.getBytes(StandardCharsets.UTF_8).length
                + "}\n");
  }

  @Test
  void whatTheNodeRefusesIsSaidAndNothingIsWritten() throws IOException {
    Ran ran =
        dump(FakeNode.response("503 Busy", "{\"detail\":\"the dump was not ready in time\"}"));
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("the node refused (503): the dump was not ready in time");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFolderThatIsMissingIsAnAnswerAndNoCrash() throws IOException {
    Files.delete(file.getParent());
    Ran ran = dump(FakeNode.ok(BODY));
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("cannot write " + file);
  }

  @Test
  void aDumpWithoutAFormatIsAWrongCommandLine() {
    assertThat(Ran.landfall("dump").code()).isEqualTo(ExitCode.USAGE);
    assertThat(Ran.landfall("dump").err()).contains("Dump what? mrt FILE");
  }
}
