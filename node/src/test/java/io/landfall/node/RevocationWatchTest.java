package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.CommandResult;
import io.landfall.trust.FileResult;
import io.landfall.trust.Revocations;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a file of revocations is put in force, and when. */
class RevocationWatchTest {
  @TempDir Path folder;
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});
  private final List<Integer> inForce = new ArrayList<>();
  private Path file;
  private RevocationWatch watch;

  @BeforeEach
  void aListInForce() throws IOException {
    file = Files.writeString(folder.resolve("revoked"), "node nyc\n");
    watch =
        new RevocationWatch(
            Optional.of(file),
            Optional.of(RevocationFile.read(file)),
            control,
            Runnable::run,
            list -> {
              inForce.add(list.size());
              return new TreeSet<>();
            },
            Optional::empty);
  }

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** What a poll with this number found, handed in. */
  private void polled(long number, String text) throws IOException {
    Files.writeString(file, text);
    RevocationFile found = RevocationFile.read(file);
    control
        .ask(
            () -> {
              watch.polled(number, found);
              return true;
            })
        .join();
  }

  @Test
  void aContentIsPutInForceWhenTwoReadsFoundTheSame() throws IOException {
    polled(1, "");
    // It was emptied to be written anew: half of it, and then the whole.
    polled(2, "node nyc\nnode s");
    polled(3, "node nyc\nnode sin\n");
    assertThat(inForce).isEmpty();
    polled(4, "node nyc\nnode sin\n");
    assertThat(inForce).containsExactly(2);
    polled(5, "node nyc\nnode sin\n");
    assertThat(inForce).as("it is in force already").containsExactly(2);
  }

  @Test
  void aContentThatComesAndGoesBetweenTwoReadsChangesNothing() throws IOException {
    polled(1, "");
    polled(2, "node nyc\n");
    polled(3, "");
    polled(4, "node nyc\n");
    polled(5, "node nyc\n");
    assertThat(inForce).isEmpty();
  }

  @Test
  void aListWithABadLineStaysOutHoweverOftenItIsRead() throws IOException {
    polled(1, "node nyc\nsha256 00\n");
    polled(2, "node nyc\nsha256 00\n");
    polled(3, "node nyc\nsha256 00\n");
    assertThat(inForce).isEmpty();
    assertThat(watch.counts().hasProblem()).isTrue();
    assertThat(watch.counts().entries()).isEqualTo(1);
    assertThat(watch.counts().refused()).isEqualTo(1);
    assertThat(watch.problem().orElse("")).startsWith(file + ":2: ");
    polled(4, "node nyc\n");
    polled(5, "node nyc\n");
    assertThat(watch.counts().hasProblem()).isFalse();
  }

  @Test
  void aPollThatReadBeforeAReloadDidTakesNothingBack() throws IOException {
    Files.writeString(file, "node nyc\nnode sin\nnode ams\n");
    // The reload is the first read that is counted here.
    assertThat(watch.reload()).isInstanceOf(CommandResult.Done.class);
    polled(0, "node nyc\n");
    polled(0, "node nyc\n");
    assertThat(inForce).containsExactly(3);
  }

  @Test
  void whatCannotBeReadIsAProblemOfTheWholeFile() throws IOException {
    assertThat(problemOf(folder)).contains("not a regular file");
    assertThat(problemOf(folder.resolve("nothing"))).contains("there is no such file");
    Path latin = folder.resolve("latin1");
    Files.write(latin, new byte[] {'#', (byte) 0xE9, '\n'});
    assertThat(problemOf(latin)).contains("is not UTF-8 text");
    Path large = folder.resolve("large");
    Files.write(large, new byte[RevocationFile.MAX_FILE_BYTES + 1]);
    assertThat(problemOf(large)).contains("is larger than " + RevocationFile.MAX_FILE_BYTES);
  }

  private static String problemOf(Path path) {
    return switch (RevocationFile.read(path).result()) {
      case FileResult.Bad<Revocations> bad -> bad.sentence();
      case FileResult.Good<Revocations> good -> "good: " + good.value();
    };
  }

  @Test
  void theLongestListThatMayBeFitsIntoTheFile() {
    int longestLine = "key ".length() + 64 + 63 + "\r\n".length();
    assertThat(Revocations.MAX_ENTRIES * (long) longestLine)
        .isLessThan(RevocationFile.MAX_FILE_BYTES);
  }
}
