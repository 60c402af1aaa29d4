package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.HostPort;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ProbeTicket;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of probes that a limit of this process keeps from being run. */
class ProbesTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final int MAX_HEAD_BYTES = 16_384;
  private static final String LINE = "own limit reached: probes cannot be run";

  @TempDir Path folder;
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});
  private final CapturedLog log = new CapturedLog();
  private final BlockingQueue<ControlEvent> events = new LinkedBlockingQueue<>();
  private long attempts;

  private final Probes probes =
      new Probes(
          control,
          new Backends(
              List.of(
                  new ServiceConfig(
                      SHOP,
                      TestWorld.BLOCK.host(256),
                      List.of("shop.test"),
                      List.of(),
                      new ServiceConfig.Hosting(
                          List.of(
                              new ServiceConfig.Backend(
                                  "http://192.0.2.9:81", new HostPort("192.0.2.9", 81))),
                          Optional.empty(),
                          0,
                          OptionalInt.empty()),
                      Optional.empty(),
                      Optional.empty())),
              Map.of(),
              Map.of(),
              0),
          events::add,
          moved -> {},
          MAX_HEAD_BYTES);

  @AfterEach
  void end() {
    log.close();
    probes.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Runs the command as a probe, and returns what the plane is given. */
  private SignalEvent probed(Path command) throws InterruptedException {
    ProbeTicket ticket = new ProbeTicket(0, ++attempts);
    control.execute(
        () ->
            probes.run(
                new SignalEffect.RunProbe(
                    SHOP,
                    ticket,
                    new ProbeSpec(
                        new ProbeSpec.Check.Exec(List.of(command.toString())),
                        20_000,
                        20_000,
                        2,
                        2),
                    new BackendAddress("192.0.2.9", 81),
                    SignalEffect.Connection.NEW)));
    ControlEvent given = events.poll(30, TimeUnit.SECONDS);
    assertThat(given).isInstanceOf(ControlEvent.OfSignals.class);
    return ((ControlEvent.OfSignals) given).event();
  }

  @Test
  void aLimitOfThisProcessIsNoFailureAndIsLoggedOnceUntilAProbeCanBeRunAgain()
      throws IOException, InterruptedException {
    // A command that is not there, with a name that puts the words of EMFILE into the failure.
    Path command = folder.resolve("Too many open files");
    for (int i = 0; i < 3; i++) {
      assertThat(probed(command)).isInstanceOf(SignalEvent.ProbeNotRun.class);
    }
    assertThat(log.with(LINE, "service=shop")).hasSize(1);
    Files.writeString(command, "#!/bin/sh\nexit 0\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    assertThat(probed(command))
        .isInstanceOfSatisfying(
            SignalEvent.ProbeDone.class, done -> assertThat(done.ok()).isTrue());
    Files.delete(command);
    for (int i = 0; i < 2; i++) {
      assertThat(probed(command)).isInstanceOf(SignalEvent.ProbeNotRun.class);
    }
    assertThat(log.with(LINE)).hasSize(2);
    assertThat(control.ask(() -> Objects.requireNonNull(probes.counts().get(SHOP)).failures).join())
        .isZero();
  }
}
