package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonWriter;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall dump mrt FILE}: the overlay table as other tools read it. */
@Command(
    name = "dump",
    description = "Write what a running node knows to a file that other tools read.",
    footer = {"", "Examples:", "  landfall dump mrt table.mrt && bgpdump -m table.mrt"})
final class DumpCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  DumpCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Dump what? mrt FILE");
  }

  @Command(
      name = "mrt",
      description = "The overlay table now, as MRT (RFC 6396, TABLE_DUMP_V2).",
      footer = {"", "Examples:", "  landfall dump mrt table.mrt", "  bgpdump -m table.mrt"})
  int mrt(
      @Option(names = "--force", description = "Write over a file that is there.") boolean force,
      @Parameters(paramLabel = "FILE", description = "The file to write.") Path file) {
    if (!force && Files.exists(file)) {
      throw exists(file);
    }
    if (force && Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isRegular(file)) {
      throw new CliFailure(
          ExitCode.NO,
          file + " is no regular file: a device, pipe, link or folder is not replaced");
    }
    Landfall root = Landfall.of(spec);
    byte[] table = root.client().download("/v1/dump/mrt");
    try {
      write(file, table, force);
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (NoSuchFileException e) {
      throw new CliFailure(ExitCode.NO, "cannot write " + file + ": there is no such folder");
    } catch (AccessDeniedException e) {
      throw new CliFailure(ExitCode.NO, "cannot write " + file + ": this user may not");
    } catch (IOException e) {
      throw new CliFailure(ExitCode.NO, "cannot write " + file + ": " + FailureText.of(e));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        root.json()
            ? JsonWriter.text(
                new JsonObject().put("file", file.toString()).put("bytes", table.length))
            : table.length + " bytes in " + file + System.lineSeparator());
    out.flush();
    return ExitCode.OK;
  }

  private static boolean isRegular(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static CliFailure exists(Path file) {
    return new CliFailure(ExitCode.NO, file + " is there already; say --force to write over it");
  }

  /** Writes beside the file first, so that a full disk leaves what was there as it was. */
  private static void write(Path file, byte[] table, boolean force) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path beside = Files.createTempFile(folder, ".landfall-dump", ".new");
    try {
      Files.write(beside, table);
      if (force) {
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(beside, file);
      }
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
