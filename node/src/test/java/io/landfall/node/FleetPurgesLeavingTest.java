package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.cache.Purge;
import io.landfall.cache.fleet.FleetSettings;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.purges.PurgeLogBeside;
import io.landfall.edge.purges.PurgeLogFile;
import io.netty.channel.DefaultEventLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose edge is closed already, and that is still asked to purge. */
class FleetPurgesLeavingTest {
  private static final PurgeScope SHOP = new PurgeScope.Service(new ServiceName("shop"));

  @TempDir private Path folder;

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private CompletableFuture<?> purged(List<Purge> meant) {
    FleetPurges purges =
        new FleetPurges(
            new FleetSettings(new NodeName("fra"), 1, 0, false),
            control,
            PurgeLogFile.read(
                folder.resolve("log"), "fra", PurgeLogBeside.NONE, WallClock.INSTANCE, () -> 1),
            Optional::empty,
            scope -> new QueryResult.Found<>(new PurgePlan.Purges(meant, List.of())),
            TrustedProxies.NONE);
    control.execute(purges::start);
    return purges.give(SHOP, false, 0);
  }

  @Test
  void itDoesNotAnswerThatThePurgeIsApplied() {
    CompletableFuture<?> answer = purged(List.of(new Purge.OfService("shop")));
    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(PurgeNotDurable.class);
  }

  @Test
  void aPurgeOfWhatItDoesNotCacheIsApplied() {
    assertThat(purged(List.of()).join()).isNotNull();
  }
}
