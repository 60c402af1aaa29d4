package io.landfall.checks.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What tshark makes of a BMP stream, and bgpdump of the MRT files in a folder. */
final class Dissectors {
  private static final List<String> FIELDS =
      List.of(
          "bmp.type",
          "bmp.peer.type",
          "bmp.peer.id",
          "bgp.type",
          "bgp.nlri_prefix",
          "bgp.mp_reach_nlri_ipv6_prefix",
          "bgp.nlri_path_id",
          "bgp.withdrawn_prefix",
          "bgp.mp_unreach_nlri_ipv6_prefix",
          "bmp.peer.down.reason",
          "bgp.notify.major_error");

  /** Asked for as well: what a message was taken for, and what there is to complain of. */
  private static final List<String> VERDICT =
      List.of("frame.protocols", "_ws.malformed", "_ws.expert.severity");

  /** PI_WARN; below it are remarks, such as one about a capability. */
  private static final int WARNING = 0x600000;

  private final Path dir;

  /**
   * Dissectors that work in a folder.
   *
   * @param dir where the MRT files are, and where captures and copies go
   */
  Dissectors(Path dir) {
    this.dir = dir;
  }

  /** The capture without the table name of the Loc-RIB, which Wireshark 4.0 takes for BGP. */
  private Path capture(List<byte[]> messages) {
    List<byte[]> shown = new ArrayList<>();
    for (byte[] message : messages) {
      boolean locRibUp = message[5] == 3 && message[6] == 3;
      shown.add(locRibUp ? withoutTableName(message) : message);
    }
    int length = shown.stream().mapToInt(m -> m.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    shown.forEach(all::put);
    return Station.capture(all.array(), dir.resolve("bmp.pcap"));
  }

  private static byte[] withoutTableName(byte[] locRibUp) {
    byte[] name = "overlay".getBytes(StandardCharsets.UTF_8);
    int to = locRibUp.length - 4 - name.length;
    ByteBuffer tlv = ByteBuffer.wrap(locRibUp, to, 4 + name.length);
    assertThat(tlv.getShort()).as("VRF/Table Name (RFC 9069)").isEqualTo((short) 3);
    assertThat(tlv.getShort()).isEqualTo((short) name.length);
    assertThat(Arrays.copyOfRange(locRibUp, to + 4, locRibUp.length)).isEqualTo(name);
    byte[] cut = Arrays.copyOf(locRibUp, to);
    ByteBuffer.wrap(cut).putInt(1, to);
    return cut;
  }

  /** One line for each message: the verdict's fields, then the others, split by semicolons. */
  List<String[]> tshark(Path capture) {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/tshark", "-n", "-r", capture.toString()));
    command.addAll(List.of("-d", "tcp.port==" + Station.PORT + ",bmp"));
    command.addAll(List.of("-T", "fields", "-E", "separator=;"));
    Stream.concat(VERDICT.stream(), FIELDS.stream())
        .forEach(field -> command.addAll(List.of("-e", field)));
    return run(command).stream().map(line -> line.split(";", VERDICT.size() + 1)).toList();
  }

  /** What is wrong with a message that tshark read; empty when nothing is. */
  static String complaint(String[] fields) {
    boolean warned =
        Arrays.stream(fields[2].split(","))
            .filter(text -> !text.isEmpty())
            .anyMatch(severity -> Integer.decode(severity) >= WARNING);
    return fields[0].contains("bmp") && fields[1].isEmpty() && !warned
        ? ""
        : String.join(" ", fields);
  }

  private List<String> run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(dir.resolve("tool.err").toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor())
          .as(() -> command + ": " + read(dir.resolve("tool.err")))
          .isZero();
      return text.lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** One line for each message: its fields without those that are empty. */
  List<String> dissect(List<byte[]> messages) {
    Path capture = capture(messages);
    List<String[]> read = tshark(capture);
    assertThat(read).hasSize(messages.size());
    assertThat(read).as("nothing to complain of").allMatch(fields -> complaint(fields).isEmpty());
    return read.stream().map(fields -> fields[3].replaceAll(";+", " ").strip()).toList();
  }

  /** The lines of bgpdump -m without the time. */
  List<String> bgpdump(Path file) {
    return run(List.of("/usr/bin/bgpdump", "-m", file.toString())).stream()
        .map(line -> line.replaceFirst("\\|[0-9.]+\\|", "|"))
        .toList();
  }

  /** The lines of all files of updates, the oldest first; one may be put aside meanwhile. */
  List<String> updates() {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(f -> f.getFileName().toString().startsWith("u.mrt"))
          // The one that still grows has no stamp, and comes last.
          .sorted((a, b) -> key(a).compareTo(key(b)))
          .flatMap(f -> copyOf(f).stream())
          .flatMap(f -> bgpdump(f).stream())
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<Path> copyOf(Path file) {
    try {
      Path copy = dir.resolve("copy.mrt");
      return Optional.of(Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String key(Path file) {
    String name = file.getFileName().toString();
    return name.equals("u.mrt") ? "u.mrt.~" : name;
  }
}
