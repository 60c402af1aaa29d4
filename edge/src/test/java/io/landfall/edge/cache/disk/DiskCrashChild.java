package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A process that stores and purges until it is killed, and tells of each purge that is done. */
final class DiskCrashChild {
  private DiskCrashChild() {}

  /** Opens the disks of a folder. */
  static DiskSet open(Path folder, List<DiskFiles> files) {
    DiskStore[] disks = new DiskStore[files.size()];
    for (int i = 0; i < disks.length; i++) {
      disks[i] = DiskThings.named(folder + "/" + i, files.get(i), PurgeLogToken.NONE);
    }
    return DiskThings.set(disks);
  }

  /** With the folder, the number of disks, the number of the run and a seed. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    int run = Integer.parseInt(arguments[2]);
    Random random = new Random(Long.parseLong(arguments[3]));
    List<DiskFiles> files = new ArrayList<>();
    for (int i = 0; i < count - 1; i++) {
      files.add(new FolderFiles(folder.resolve(Integer.toString(i)), "test"));
    }
    FaultyFiles last =
        new FaultyFiles(new FolderFiles(folder.resolve(Integer.toString(count - 1)), "test"));
    files.add(last);
    DiskSet store = open(folder, files);
    int failsAt = count > 1 && run % 2 == 0 ? random.nextInt(100) : Integer.MAX_VALUE;
    System.out.println("ready");
    long epoch = 0;
    for (int i = 0; i < 100_000; i++) {
      last.writesFail = i >= failsAt;
      int number = random.nextInt(DiskCrashTest.KEYS);
      int version = run * 1_000_000 + i;
      int length = random.nextInt(random.nextInt(10) == 0 ? 300_000 : 20_000);
      Item item = new Item(number, version, length, epoch, 0);
      if (random.nextInt(4) == 0) {
        DiskStream stream = store.stream(item);
        byte[] body = DiskThings.body(number, version, length);
        if (stream != null) {
          int half = length / 2;
          boolean _ = stream.write(Unpooled.wrappedBuffer(body, 0, half));
          boolean _ = stream.write(Unpooled.wrappedBuffer(body, half, length - half));
        }
      } else {
        boolean _ = store.store(item);
      }
      if (random.nextInt(10) == 0) {
        epoch++;
        Purge purge = new Purge.OfUrl("shop.test", "/" + number);
        store.purged(purge, false, epoch).forEach(CompletableFuture::join);
        System.out.println("purged " + number + " " + version);
      } else {
        System.out.println("stored");
      }
    }
  }
}
