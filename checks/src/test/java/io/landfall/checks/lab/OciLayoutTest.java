package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.lab.host.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How packaging/oci/build makes an image, of files that stand for the program's; and its rules. */
class OciLayoutTest {
  @TempDir Path folder;
  private Path stage;

  @BeforeEach
  void aSmallStage() throws IOException {
    LabRequirements.require("dpkg");
    stage = folder.resolve("stage");
    for (String file :
        List.of(
            "usr/lib/landfall/runtime/bin/java",
            "usr/lib/landfall/runtime/lib/a b",
            "usr/lib/landfall/lib/x.jar",
            "usr/bin/landfall",
            "etc/landfall/node.yaml",
            "usr/share/doc/landfall/landfall.cdx.json")) {
      Path made = stage.resolve(file);
      Files.createDirectories(made.getParent());
      Files.writeString(made, file);
    }
    Files.createSymbolicLink(stage.resolve("usr/lib/landfall/link"), Path.of("lib/x.jar"));
  }

  private Path build(String name, String surroundings) {
    Path out = folder.resolve(name);
    Command.must(
        "sh",
        "-c",
        "cd / && %s SOURCE_DATE_EPOCH=1700000000 exec %s %s %s 0.1~1"
            .formatted(surroundings, Rooms.root().resolve("packaging/oci/build"), stage, out));
    return out;
  }

  private OciLayout unpacked(Path tar) throws IOException {
    Path layout = Files.createDirectory(folder.resolve("layout"));
    Command.must("tar", "-xf", tar.toString(), "-C", layout.toString());
    return new OciLayout(layout);
  }

  @Test
  void theSameFilesMakeTheSameImageToTheByte() throws IOException {
    Path one = build("one.tar", "umask 022;");
    Files.setLastModifiedTime(
        stage.resolve("usr/lib/landfall/lib/x.jar"), FileTime.from(Instant.EPOCH));
    Path other = build("other.tar", "umask 027; TZ=Asia/Tokyo LANG=en_US.UTF-8");
    assertThat(Files.mismatch(one, other)).as("first byte that differs").isEqualTo(-1);
    Files.writeString(stage.resolve("usr/bin/landfall"), "changed");
    assertThat(Files.mismatch(one, build("third.tar", ""))).isNotEqualTo(-1);
  }

  @Test
  void itIsSoundAndAFaultIsFound() throws IOException {
    OciLayout layout = unpacked(build("one.tar", ""));
    assertThat(layout.faults()).isEmpty();
    Path index = folder.resolve("layout/index.json");
    String sound = Files.readString(index);
    Files.writeString(index, sound.replaceFirst("\"size\":", "\"size\":1"));
    assertThat(layout.faults()).singleElement().asString().contains("bytes");
    Files.writeString(index, sound.replaceFirst("manifest\\.v1", "manifest.v2"));
    assertThat(layout.faults()).singleElement().asString().contains("is no application/");
    Files.writeString(index, sound.replaceFirst("0\\.1-1", "0.1~1"));
    assertThat(layout.faults()).singleElement().asString().contains("ref.name");
    Files.writeString(index, sound);
    Path stray = Files.writeString(folder.resolve("layout/blobs/sha256/stray"), "");
    assertThat(layout.faults()).singleElement().asString().contains("stray");
    Files.delete(stray);
    Path old = folder.resolve("layout/manifest.json");
    Files.writeString(old, Files.readString(old).replaceFirst("Layers\":\\[", "$0\"x\","));
    assertThat(layout.faults()).containsExactly("manifest.json: Layers");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Files.delete(stage.resolve("usr/bin/landfall"));
    Command.Ended ended =
        Command.run(
            "env",
            "SOURCE_DATE_EPOCH=1",
            Rooms.root().resolve("packaging/oci/build").toString(),
            stage.toString(),
            folder.resolve("out.tar").toString(),
            "0.1");
    assertThat(ended.succeeded()).isFalse();
    assertThat(ended.text()).contains("usr/bin/landfall");
    assertThat(folder.resolve("out.tar")).doesNotExist();
  }
}
