package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.Random;

/** A process that stores and purges until it is killed, and tells of each purge that is done. */
final class DiskCrashChild {
  private DiskCrashChild() {}

  /** With the folder, the number of the run and a seed. */
  public static void main(String[] arguments) {
    int run = Integer.parseInt(arguments[1]);
    Random random = new Random(Long.parseLong(arguments[2]));
    DiskStore store = DiskThings.open(Path.of(arguments[0]));
    System.out.println("ready");
    long epoch = 0;
    for (int i = 0; i < 100_000; i++) {
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
        store.purged(new Purge.OfUrl("shop.test", "/" + number), false, epoch).join();
        System.out.println("purged " + number + " " + version);
      } else {
        System.out.println("stored");
      }
    }
  }
}
